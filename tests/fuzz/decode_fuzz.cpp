// The decoder takes no line whose JSON another parser refuses, and reads what it took without leaving it.

#include <fuzzer/FuzzedDataProvider.h>

#include <nlohmann/json.hpp>
#include <string>

#include "protocol/decode.hpp"
#include "protocol/format.hpp"
#include "tests/fuzz/require.hpp"

using namespace dragoman;

namespace {

void read_parts(std::string_view json) {
    if (json.starts_with('{'))
        for_each_member(json, [](std::string_view key, std::string_view value) {
            require(nlohmann::json::accept('"' + std::string(key) + '"'), "a key that is no text");
            require(nlohmann::json::accept(value), "a member that is no JSON");
        });
    if (json.starts_with('['))
        for_each_item(
            json, [](std::string_view value) { require(nlohmann::json::accept(value), "an item that is no JSON"); });
}

void read_body(Decoder& decoder, const Message& message) {
    switch (message.header) {
        case Header::command:
            break;
        case Header::hello:
            (void)read_hello(decoder.root());
            break;
        case Header::error:
            (void)read_error(decoder.root());
            break;
        default:
            (void)read_id(decoder.root());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
    static Decoder decoder;  // one serves many lines: what it keeps of one must not show in the next
    constexpr std::string_view headers[] = {format::header::command, format::header::hello, format::header::call,
                                            format::header::error,   format::header::done,  "__other__"};
    FuzzedDataProvider data(bytes, size);
    std::string text(data.PickValueInArray(headers));
    if (data.ConsumeBool()) text += ' ';
    text += data.ConsumeRemainingBytesAsString();
    std::erase(text, '\n');
    if (!begins_with_header(text)) return 0;
    const std::size_t length = text.size();
    text.append(LineSplitter::padding, ' ');

    const auto decoded = decoder.decode({LineKind::message, std::string_view(text).substr(0, length)});
    if (const auto* fault = std::get_if<Fault>(&decoded)) {
        require(!fault->what.empty() && fault->byte <= length, "a fault outside its line");
        return 0;
    }
    const auto& message = std::get<Message>(decoded);
    if (message.bare != Bare::none) return 0;
    require(nlohmann::json::accept(message.json), "JSON that another parser refuses");
    read_body(decoder, message);
    std::string_view json = message.json;
    json.remove_prefix(std::min(json.find_first_not_of(" \t\r"), json.size()));
    read_parts(json);
    return 0;
}
