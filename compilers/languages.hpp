#pragma once
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "compilers/language.hpp"

namespace dragoman {

/// The languages that can be found, by name and by extension. Language pointers stay valid as long as this lives.
class Languages {
public:
    /// Reads every `<place>/<folder>/language.toml`. Earlier places win; a place that does not exist is none.
    /// A manifest that cannot be read leaves the others alone and stands in problems().
    Languages(const std::vector<std::filesystem::path>& places, const std::filesystem::path& clients_root);

    /// By the file name's extension; nullptr where nobody claims it.
    const Language* for_script(const std::filesystem::path& script) const;
    /// Why for_script() gave nothing, with the extensions that are known.
    std::string why_unknown(const std::filesystem::path& script) const;

    /// By name; nullptr where there is none.
    const Language* find(std::string_view name) const;

    const std::vector<std::unique_ptr<const Language>>& all() const { return languages_; }
    const Problems& problems() const { return problems_; }

private:
    void read_place(const std::filesystem::path& place, const std::filesystem::path& clients_root);
    void add(Language language);

    std::vector<std::unique_ptr<const Language>> languages_;  // by place, then by folder's name
    Problems problems_;
};

}  // namespace dragoman
