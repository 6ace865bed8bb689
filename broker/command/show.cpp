#include "broker/command/show.hpp"

#include <unistd.h>

#include <cstdio>

#include "broker/report/report.hpp"
#include "broker/terminal/progress.hpp"
#include "broker/terminal/recording.hpp"
#include "broker/terminal/screen.hpp"
#include "broker/terminal/width.hpp"

namespace dragoman::command {
namespace {

/// Lines of one script that are shown within one tick; the rest is counted. (All of it is kept, head and tail, for the
/// report.)
constexpr int most_lines_per_tick = 100;
/// Frames of a recording that is made without a terminal.
constexpr Size recorded_size{80, 32};
/// What is told of a reload has its end, which names the place of a mistake, beside a picture too.
constexpr std::size_t drawn_width = 46;

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
        if (live) screen.emplace(STDOUT_FILENO, depth, [] { return terminal_size(STDOUT_FILENO, recorded_size); });
        if (cast || svg) recorded.emplace(-1, ColorDepth::true_color, [] { return recorded_size; });
    }

    void line(const std::string& who, std::string_view text);
    void line_out(const std::string& who, std::string_view text);
    void draw(Clock::time_point now, const TickEvent& event);
    void record();

    ShowOptions options;
    bool live;
    ColorDepth depth;
    Progress progress;
    std::optional<Screen> screen;
    /// Recordings run in the game's own time: the same match makes the same recording, however fast it was played.
    std::optional<Screen> recorded;
    std::optional<CastWriter> cast;
    std::optional<SvgWriter> svg;
    std::string picture;
    std::string caption;
    std::chrono::duration<double> at{};
    int lines = 0;  // within this tick
    bool drawing = false;
};

void ShownPlayer::note(const ReloadEvent& event) {
    if (event.step == ReloadStep::swapped)
        before = std::exchange(script, event.file.filename().string() + "  version " + std::to_string(event.version));
    if (event.step == ReloadStep::rolled_back) script = before;
    if (event.step == ReloadStep::removed) script = "(open)";
}

void Show::State::line(const std::string& who, std::string_view text) {
    if (++lines > most_lines_per_tick) {
        if (lines == most_lines_per_tick + 1) line_out(who, "... more lines in this tick are not shown");
        return;
    }
    line_out(who, text);
}

void Show::State::line_out(const std::string& who, std::string_view text) {
    if (recorded && drawing) recorded->line(who, text);
    if (screen && drawing) return screen->line(who, text);
    std::fprintf(stderr, "%s| %s\n", who.c_str(), harmless(text).c_str());
}

void Show::State::draw(Clock::time_point now, const TickEvent& event) {
    drawing = true;
    if (!event.picture.empty()) picture = event.picture;
    caption = options.game + "  round " + std::to_string(event.round) + "  tick " + std::to_string(event.tick);
    for (const ShownPlayer& player : options.players) caption += "\n" + player.seat + "  " + player.script;
    at = std::chrono::duration<double>(static_cast<double>(event.tick) / options.fps);
    if (screen && (screen->due(now) || event.over)) screen->frame(now, picture, caption);
    const auto then = Clock::time_point{} + std::chrono::duration_cast<Clock::duration>(at);
    if (recorded && (recorded->due(then) || event.over)) {
        recorded->frame(then, picture, caption);
        record();
    }
}

void Show::State::record() {
    if (cast) cast->add(at, recorded->shown());
    if (svg) svg->add(at, recorded->shown());
}

Show::Show(const ShowOptions& options) : state_(std::make_unique<State>(options)) {}
Show::~Show() { close(); }

bool Show::draws() const { return state_->screen || state_->recorded; }
bool Show::draws_live() const { return state_->screen.has_value(); }
void Show::building_goes_on() { state_->progress.tick(Clock::now()); }

void Show::build(const BuildEvent& event) {
    if (!state_->options.data_on_stdout) state_->progress.event(event, Clock::now());
}

void Show::tick(const TickEvent& event) {
    state_->lines = 0;
    if (draws()) state_->draw(Clock::now(), event);
}

void Show::output(const LiveScript& script, std::string_view text) {
    if (!state_->options.quiet) state_->line(script.name(), text);
}

void Show::note(const LiveScript& script, const std::string& text) {
    if (!state_->options.quiet) state_->line(script.name(), "(dragoman: " + text + ")");
}

void Show::failure(const LiveScript& script, const Failure& failure) {
    state_->line_out(script.name(), "(dragoman: lost its seat: " + failure_text(failure) + ")");
}

void Show::reload(const ReloadEvent& event) {
    State& state = *state_;
    for (ShownPlayer& player : state.options.players)
        if (player.seat == event.seat) player.note(event);
    const std::string text = reload_text(event);
    if (text.empty()) return;
    for (const std::string& line : wrapped(text, drawn_width)) {
        if (state.recorded && state.drawing) state.recorded->line(event.seat, line);
        if (state.screen && state.drawing) state.screen->line(event.seat, line);
    }
    if (!state.screen || !state.drawing)
        std::fprintf(stderr, "%s| (dragoman: %s)\n", event.seat.c_str(), harmless(text).c_str());
}

void Show::warn(const std::string& text) { state_->line_out("dragoman", text); }

bool Show::close() {
    State& state = *state_;
    state.progress.finish();
    if (state.screen) {
        if (state.drawing) state.screen->frame(Clock::now(), state.picture, state.caption);
        state.screen->close();
    }
    if (state.recorded && state.drawing) {  // players' last words come after the last picture
        state.at += std::chrono::milliseconds(500);
        state.recorded->frame(Clock::time_point{} + std::chrono::duration_cast<Clock::duration>(state.at),
                              state.picture, state.caption);
        state.record();
    }
    bool all = true;
    const auto written = [&](const std::optional<std::string>& problem) {
        if (!problem) return;
        all = false;
        std::fprintf(stderr, "dragoman: %s\n", problem->c_str());
    };
    if (auto cast = std::exchange(state.cast, std::nullopt)) written(cast->close());
    if (auto svg = std::exchange(state.svg, std::nullopt)) written(svg->close());
    state.screen.reset();
    state.recorded.reset();
    state.drawing = false;
    return all;
}

}  // namespace dragoman::command
