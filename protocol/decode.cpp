#include "protocol/decode.hpp"

#include <array>
#include <nlohmann/json.hpp>

#include "protocol/format.hpp"

namespace dragoman {
namespace {

constexpr std::array tokens{
    format::header::init,   format::header::scene_info, format::header::command, format::header::hello,
    format::header::update, format::header::done,       format::header::call,    format::header::answer,
    format::header::error,  format::header::cancel,     format::header::log,     format::header::state,
    format::header::uses,   format::header::bye,
};

/// Where and why nlohmann's parser, which keeps count, stops reading. Builds nothing.
struct WhereItBreaks : nlohmann::json_sax<nlohmann::json> {
    std::size_t byte = 0;
    std::string what;

    bool null() override { return true; }
    bool boolean(bool) override { return true; }
    bool number_integer(number_integer_t) override { return true; }
    bool number_unsigned(number_unsigned_t) override { return true; }
    bool number_float(number_float_t, const string_t&) override { return true; }
    bool string(string_t&) override { return true; }
    bool binary(binary_t&) override { return true; }
    bool start_object(std::size_t) override { return true; }
    bool key(string_t&) override { return true; }
    bool end_object() override { return true; }
    bool start_array(std::size_t) override { return true; }
    bool end_array() override { return true; }
    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& reason) override {
        byte = position > 0 ? position - 1 : 0;
        what = reason.what();
        // "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error ...": the place is told by
        // us.
        if (const auto colon = what.find(": "); colon != std::string::npos) what.erase(0, colon + 2);
        return false;
    }
};

Fault explain(std::string_view json, std::size_t before, simdjson::error_code error) {
    if (error == simdjson::DEPTH_ERROR)
        return {"JSON nested deeper than " + std::to_string(format::deepest_json), before};
    if (error == simdjson::UTF8_ERROR) return {"invalid UTF-8", before};
    if (json.find_first_not_of(" \t\r") == std::string_view::npos)
        return {"expected JSON, found the end of the line", before};
    WhereItBreaks where;
    nlohmann::json::sax_parse(json.begin(), json.end(), &where);
    if (where.what.empty()) return {std::string("not valid JSON: ") + simdjson::error_message(error), before};
    return {"not valid JSON: " + where.what, before + where.byte};
}

/// One past the end of the value that begins at `at`. The text is valid JSON.
std::size_t value_end(std::string_view json, std::size_t at) {
    std::size_t depth = 0;
    for (; at < json.size(); ++at) {
        switch (json[at]) {
            case '"':
                for (++at; json[at] != '"'; ++at)
                    if (json[at] == '\\') ++at;
                if (depth == 0) return at + 1;
                break;
            case '{':
            case '[':
                ++depth;
                break;
            case '}':
            case ']':
                if (depth == 0) return at;
                if (--depth == 0) return at + 1;
                break;
            case ',':
            case ' ':
            case '\t':
            case '\r':
            case '\n':
                if (depth == 0) return at;
                break;
            default:
                break;
        }
    }
    return at;
}

std::size_t skip_blanks(std::string_view json, std::size_t at) {
    while (at < json.size() && (json[at] == ' ' || json[at] == '\t' || json[at] == '\r' || json[at] == '\n')) ++at;
    return at;
}

/// "MOVE_LEFT" and its like: the commands of most games need no parser.
bool plain_text(std::string_view json) {
    if (json.size() < 2 || json.front() != '"' || json.back() != '"') return false;
    for (const char c : json.substr(1, json.size() - 2))
        if (c < ' ' || c > '~' || c == '"' || c == '\\') return false;
    return true;
}

std::string text(simdjson::dom::element body, std::string_view key) {
    std::string_view value;
    return body[key].get(value) == simdjson::SUCCESS ? std::string(value) : std::string();
}

}  // namespace

std::optional<Header> header_named(std::string_view word) {
    for (std::size_t i = 0; i < tokens.size(); ++i)
        if (tokens[i] == word) return static_cast<Header>(i);
    return std::nullopt;
}

std::string_view token(Header header) { return tokens[static_cast<std::size_t>(header)]; }

Decoder::Decoder() {
    if (parser_.allocate(std::size_t{64} << 10, format::deepest_json + 1) != simdjson::SUCCESS) throw std::bad_alloc();
}

std::variant<Message, Fault> Decoder::decode(const Line& line) {
    const std::string_view text = line.text;
    const std::size_t word_end = text.find("__", 2) + 2;
    std::size_t end = word_end;
    while (end < text.size() && (text[end] == '_' || (text[end] >= 'a' && text[end] <= 'z'))) ++end;
    const std::string_view word = text.substr(0, end);
    const auto header = header_named(word);
    if (!header) return Fault{"unknown header " + std::string(word), 0};
    if (text.size() == end || text[end] != ' ')
        return Fault{"expected one space and JSON after " + std::string(word), end};
    const std::string_view json = text.substr(end + 1);
    if (*header == Header::command) {
        if (json == format::ready) return Message{*header, Bare::ready, json};
        if (json == format::reset) return Message{*header, Bare::reset, json};
    }
    if (*header == Header::command && plain_text(json)) return Message{*header, Bare::none, json};
    if (const auto error = parser_.parse(json.data(), json.size(), false).get(root_))
        return explain(json, end + 1, error);
    return Message{*header, Bare::none, json};
}

std::variant<Hello, Fault> read_hello(simdjson::dom::element body) {
    Hello hello;
    std::int64_t protocol = 0;
    if (!body.is_object() || body["protocol"].get(protocol) != simdjson::SUCCESS)
        return Fault{"__hello__ needs an integer \"protocol\"", 0};
    hello.protocol = static_cast<int>(protocol);
    hello.client = text(body, "client");
    hello.role = text(body, "role");
    simdjson::dom::array features;
    if (body["features"].get(features) == simdjson::SUCCESS)
        for (const auto feature : features) {
            std::string_view one;
            if (feature.get(one) == simdjson::SUCCESS) hello.features.emplace_back(one);
        }
    simdjson::dom::element declared;
    if (body["components"].get(declared) == simdjson::SUCCESS) hello.components = simdjson::minify(declared);
    if (body["systems"].get(declared) == simdjson::SUCCESS) hello.systems = simdjson::minify(declared);
    return hello;
}

ScriptError read_error(simdjson::dom::element body) {
    ScriptError error;
    if (!body.is_object()) return error;
    error.code = text(body, "code");
    error.message = text(body, "message");
    error.trace = text(body, "trace");
    error.file = text(body, "file");
    error.source = text(body, "source");
    std::int64_t line = 0;
    if (body["line"].get(line) == simdjson::SUCCESS) error.line = static_cast<int>(line);
    return error;
}

std::optional<std::uint64_t> read_id(simdjson::dom::element body) {
    std::uint64_t id = 0;
    if (!body.is_object() || body["id"].get(id) != simdjson::SUCCESS || id == 0) return std::nullopt;
    return id;
}

void for_each_member(std::string_view json, const std::function<void(std::string_view, std::string_view)>& member) {
    std::size_t at = skip_blanks(json, 0) + 1;  // behind '{'
    for (at = skip_blanks(json, at); json[at] != '}'; at = skip_blanks(json, at)) {
        if (json[at] == ',') at = skip_blanks(json, at + 1);
        const std::size_t key_end = value_end(json, at);
        const std::string_view key = json.substr(at + 1, key_end - at - 2);
        at = skip_blanks(json, skip_blanks(json, key_end) + 1);  // behind ':'
        const std::size_t end = value_end(json, at);
        member(key, json.substr(at, end - at));
        at = end;
    }
}

void for_each_item(std::string_view json, const std::function<void(std::string_view)>& item) {
    std::size_t at = skip_blanks(json, 0) + 1;
    for (at = skip_blanks(json, at); json[at] != ']'; at = skip_blanks(json, at)) {
        if (json[at] == ',') at = skip_blanks(json, at + 1);
        const std::size_t end = value_end(json, at);
        item(json.substr(at, end - at));
        at = end;
    }
}

std::string_view member(std::string_view json, std::string_view key) {
    std::string_view found;
    for_each_member(json, [&](std::string_view name, std::string_view value) {
        if (name == key) found = value;
    });
    return found;
}

}  // namespace dragoman
