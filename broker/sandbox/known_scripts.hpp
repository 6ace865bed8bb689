#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace dragoman {

/// One script's file: the name that it has in its folder, and what that leads to where it is a symbolic link.
struct ScriptFile {
    /// Symbolic links in its folder's path are followed; its own name is not. It need not be there.
    explicit ScriptFile(const std::filesystem::path& script);

    std::string place;
    std::string folder;  // of `place`
    std::string name;
    std::string real;
};

/// The scripts of a run, which the others may not read, by the names of their files.
class KnownScripts {
public:
    /// `artefact`: what a compiler may write for it.
    void add(const ScriptFile& script, std::uint64_t artefact);
    /// Whether that would change nothing.
    bool has(const ScriptFile& script, std::uint64_t artefact) const;
    std::optional<std::uint64_t> artefact(const std::filesystem::path& script) const;

    /// Names in one folder, and the real file of each.
    using Names = std::unordered_map<std::string, std::string>;

    // All paths without symbolic links, but for a file's own name.
    /// Whether the file is a script's other than `own`.
    bool hides(const std::filesystem::path& file, const ScriptFile& own) const;
    /// The scripts that lie in the folder itself; nullptr: none.
    const Names* in(const std::string& folder) const;
    /// Whether `name`, in the folder of `names`, is a script's other than `own`, or what an editor writes beside such
    /// a one: .1P.py.swp, 1P.py~, #1P.py#.
    static bool hides(const Names& names, std::string_view name, const ScriptFile& own);
    /// Others' scripts that lie in or below a folder.
    bool any_below(const std::string& folder, const ScriptFile& own) const;
    std::vector<std::string> below(const std::string& folder, const ScriptFile& own) const;

private:
    template <typename Found>
    void find_below(const std::string& folder, const ScriptFile& own, Found&& found) const;

    std::map<std::string, Names> folders_;
    std::map<std::filesystem::path, std::uint64_t> artefacts_;
};

}  // namespace dragoman
