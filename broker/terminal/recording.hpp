#pragma once

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "broker/terminal/frame.hpp"

namespace dragoman {

/// What a viewer saw, and when. `at` counts from the beginning and never goes back.
struct Moment {
    std::chrono::duration<double> at;
    Frame frame;
};

/// An asciinema v2 file (https://docs.asciinema.org/manual/asciicast/v2/), written as the match goes on:
/// what there is can be played back even when the broker is ended.
class CastWriter {
public:
    CastWriter(const std::filesystem::path& file, std::string title, ColorDepth depth = ColorDepth::true_color);

    void add(std::chrono::duration<double> at, const Frame& frame);
    /// What went wrong, or nothing.
    std::optional<std::string> close();

private:
    std::filesystem::path file_;
    std::ofstream out_;
    std::string title_;
    ColorDepth depth_;
    bool begun_ = false;
    double last_at_ = 0;
    Frame drawn_;
};

/// An animated picture for a web page: no script, a frame is a group that CSS shows for its time, again and again.
class SvgWriter {
public:
    static constexpr std::size_t most_frames = 120;
    static constexpr std::size_t most_bytes = 300'000;

    explicit SvgWriter(std::filesystem::path file, std::string title);

    /// Keeps at most twice `most_frames`: when there are more, every second one goes.
    void add(std::chrono::duration<double> at, const Frame& frame);
    /// Writes the file. What went wrong, or nothing.
    std::optional<std::string> close();

private:
    std::filesystem::path file_;
    std::string title_;
    std::vector<Moment> moments_;
    std::size_t stride_ = 1;
    std::size_t offered_ = 0;
    std::optional<Moment> last_;
};

/// The SVG's text; fewer frames than given where it would become larger than `most_bytes`.
std::string svg_text(const std::vector<Moment>& moments, const std::string& title,
                     std::size_t most_frames = SvgWriter::most_frames, std::size_t most_bytes = SvgWriter::most_bytes);

}  // namespace dragoman
