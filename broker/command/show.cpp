#include "broker/command/show.hpp"

#include <unistd.h>

#include <cstdio>

#include "broker/report/report.hpp"
#include "broker/terminal/progress.hpp"
#include "broker/terminal/recording.hpp"
#include "broker/terminal/screen.hpp"

namespace dragoman::command {
namespace {

/// Lines of one script that are shown within one tick; the rest is counted. (All of it is kept, head and tail, for the
/// report.)
constexpr int most_lines_per_tick = 100;
/// Frames of a recording that is made without a terminal.
constexpr Size recorded_size{80, 40};

}  // namespace

struct Show::State {
    explicit State(const ShowOptions& given)
        : options(given),
          live(!given.data_on_stdout && (given.draw == "always" || (given.draw == "auto" && can_draw(STDOUT_FILENO)))),
          depth(color_depth(color_choice(given.color).value_or(ColorChoice::automatic), STDOUT_FILENO)),
          progress(STDERR_FILENO, can_draw(STDERR_FILENO),
                   color_depth(color_choice(given.color).value_or(ColorChoice::automatic), STDERR_FILENO),
                   terminal_size(STDERR_FILENO).columns) {
        if (!given.cast.empty()) cast.emplace(given.cast, given.game);
        if (!given.svg.empty()) svg.emplace(given.svg, given.game);
        const bool recording = cast || svg;
        if (live || recording) {
            const int terminal = live ? STDOUT_FILENO : -1;
            screen.emplace(terminal, live ? depth : ColorDepth::true_color, [terminal] {
                return terminal < 0 ? recorded_size : terminal_size(terminal, recorded_size);
            });
        }
    }

    void line(const std::string& who, std::string_view text);
    void line_out(const std::string& who, std::string_view text);
    void draw(Clock::time_point now, const TickEvent& event);

    ShowOptions options;
    bool live;
    ColorDepth depth;
    Progress progress;
    std::optional<Screen> screen;
    std::optional<CastWriter> cast;
    std::optional<SvgWriter> svg;
    Clock::time_point began{};
    std::string last_picture;
    std::string caption;
    int lines = 0;  // within this tick
    bool drawing = false;
};

void Show::State::line(const std::string& who, std::string_view text) {
    if (++lines > most_lines_per_tick) {
        if (lines == most_lines_per_tick + 1) line_out(who, "... more lines in this tick are not shown");
        return;
    }
    line_out(who, text);
}

void Show::State::line_out(const std::string& who, std::string_view text) {
    if (screen && drawing) screen->line(who, text);
    if (live && drawing) return;
    std::fprintf(stderr, "%s| %s\n", who.c_str(), harmless(text).c_str());
}

void Show::State::draw(Clock::time_point now, const TickEvent& event) {
    if (!drawing) {
        drawing = true;
        began = now;
        progress.finish();
    }
    if (!event.picture.empty()) last_picture = event.picture;
    caption = options.game + "  round " + std::to_string(event.round) + "  tick " + std::to_string(event.tick);
    if (!screen->due(now) && !event.over) return;
    screen->frame(now, last_picture, caption);
    const std::chrono::duration<double> at = now - began;
    if (cast) cast->add(at, screen->shown());
    if (svg) svg->add(at, screen->shown());
}

Show::Show(const ShowOptions& options) : state_(std::make_unique<State>(options)) {}
Show::~Show() { close(); }

bool Show::draws() const { return state_->screen.has_value(); }
bool Show::draws_live() const { return state_->screen.has_value(); }

void Show::build(const BuildEvent& event) {
    if (!state_->options.data_on_stdout) state_->progress.event(event, Clock::now());
}

void Show::tick(const TickEvent& event) {
    state_->lines = 0;
    if (state_->screen) state_->draw(Clock::now(), event);
}

void Show::output(const LiveScript& script, std::string_view text) {
    if (!state_->options.quiet) state_->line(script.name(), text);
}

void Show::note(const LiveScript& script, const std::string& text) {
    if (!state_->options.quiet) state_->line(script.name(), "(dragoman: " + text + ")");
}

void Show::failure(const LiveScript& script, const Failure& failure) {
    state_->line_out(script.name(),
                     "(dragoman: lost its seat: " + std::string(name(failure.outcome)) + ": " + failure.message + ")");
}

void Show::warn(const std::string& text) { state_->line_out("dragoman", text); }

void Show::close() {
    State& state = *state_;
    state.progress.finish();
    if (state.screen) state.screen->close();
    const auto written = [&](const std::optional<std::string>& problem) {
        if (problem) std::fprintf(stderr, "dragoman: %s\n", problem->c_str());
    };
    if (auto cast = std::exchange(state.cast, std::nullopt)) written(cast->close());
    if (auto svg = std::exchange(state.svg, std::nullopt)) written(svg->close());
    state.screen.reset();
    state.drawing = false;
}

}  // namespace dragoman::command
