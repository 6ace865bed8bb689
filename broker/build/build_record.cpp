#include "broker/build/build_record.hpp"

#include <charconv>

namespace dragoman {

namespace {

constexpr std::string_view opening = "dragoman build 1";
constexpr std::string_view closing = "end";

class Writer {
public:
    void add(std::string_view field) { (text_ += field) += '\0'; }
    template <typename Number>
    void add_number(Number number) {
        add(std::to_string(number));
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

class Reader {
public:
    explicit Reader(std::string_view text) : rest_(text) {}

    std::string_view field() {
        const auto end = rest_.find('\0');
        if (end == std::string_view::npos) {
            is_whole_ = false;
            return {};
        }
        const auto field = rest_.substr(0, end);
        rest_.remove_prefix(end + 1);
        return field;
    }
    template <typename Number>
    Number number() {
        Number value{};
        const auto text = field();
        const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc{} || rest != text.data() + text.size()) is_whole_ = false;
        return value;
    }
    bool is_whole() const { return is_whole_; }

private:
    std::string_view rest_;
    bool is_whole_ = true;
};

}  // namespace

std::string encode(const BuildRecord& record) {
    Writer writer;
    writer.add(opening);
    writer.add(record.folder);
    writer.add_number(record.recorded);
    writer.add_number(record.bytes);
    writer.add_number(record.argv.size());
    for (const auto& word : record.argv) writer.add(word);
    writer.add_number(record.dependencies.size());
    for (const auto& dependency : record.dependencies) {
        writer.add(dependency.file.native());
        writer.add_number(dependency.stamp.size);
        writer.add_number(dependency.stamp.inode);
        writer.add_number(dependency.stamp.changed);
        writer.add(dependency.hash);
    }
    writer.add(closing);
    return writer.take();
}

std::optional<BuildRecord> decode(std::string_view text) {
    Reader reader(text);
    if (reader.field() != opening) return std::nullopt;
    BuildRecord record;
    record.folder = reader.field();
    record.recorded = reader.number<FileTime>();
    record.bytes = reader.number<std::uint64_t>();
    for (auto left = reader.number<std::size_t>(); left > 0 && reader.is_whole(); --left) {
        record.argv.emplace_back(reader.field());
    }
    for (auto left = reader.number<std::size_t>(); left > 0 && reader.is_whole(); --left) {
        Dependency dependency;
        dependency.file = std::string(reader.field());
        dependency.stamp.size = reader.number<std::int64_t>();
        dependency.stamp.inode = reader.number<std::int64_t>();
        dependency.stamp.changed = reader.number<FileTime>();
        dependency.hash = reader.field();
        record.dependencies.push_back(std::move(dependency));
    }
    if (reader.field() != closing || !reader.is_whole()) return std::nullopt;
    return record;
}

}  // namespace dragoman
