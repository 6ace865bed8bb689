#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tests/bench/row.hpp"

namespace dragoman::bench {

/// Prints each row as it comes and keeps it for the file.
class Report final : public Results {
public:
    /// With `verdict`, each row says whether it is within its limit.
    explicit Report(bool verdict) : verdict_(verdict) {}

    void head() const;
    void add(Row row) override;
    void skip(const std::string& id, const std::string& reason) override;
    /// False where the file cannot be written.
    bool write(const std::filesystem::path& file) const;

    bool empty() const { return rows_.empty() && skipped_ == 0; }
    int skipped() const { return skipped_; }
    int over() const;

private:
    bool verdict_;
    std::vector<Row> rows_;
    int skipped_ = 0;
};

}  // namespace dragoman::bench
