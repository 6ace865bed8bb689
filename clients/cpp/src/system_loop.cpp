// The loop of a script with systems: runs what the shared page announces, and takes lines in between.
#include "loops.hpp"
#include "plane.hpp"
#include "systems.hpp"
#include "write_json.hpp"

#include <dragoman/calls.hpp>

namespace dragoman {
namespace {

using nlohmann::json;

std::string current;  // what `doing` points to

class SystemLoop {
public:
    SystemLoop(Session& session, dragoman_plane* plane) : session_(session), plane_(plane) {}

    void attach(const json& attach) {
        doing.what = "the comparison with the world's components";
        plane::check(dragoman_plane_attach(plane_));
        plane::attach(attach.at("components"));
        std::uint32_t count = 0;
        detail::running.components = dragoman_plane_components(plane_, &count);
        view_ = dragoman_plane_view(plane_);
        if (count == 0) return;
        const auto* columns = reinterpret_cast<const unsigned char*>(detail::running.components[0].columns);
        detail::running.tables =
            reinterpret_cast<const dragoman_table*>(columns - DRAGOMAN_COLUMNS_OFFSET + DRAGOMAN_TABLES_OFFSET);
    }

    void run() {
        const std::uint32_t number = dragoman_plane_system(plane_);
        if (number >= systems().size())
            throw Error("conflict", "the broker runs system " + std::to_string(number) + ", and there are " +
                                        std::to_string(systems().size()));
        const System& system = *systems()[number];
        const dragoman_view_system& declared = view_->system[number];
        detail::running.list =
            reinterpret_cast<const dragoman_list*>(reinterpret_cast<const unsigned char*>(view_) + declared.list);
        detail::running.all = declared.changed == 0;
        detail::running.system = system.name().c_str();
        doing.what = detail::running.system;
        doing.count = static_cast<std::int64_t>(dragoman_plane_tick(plane_));
        system.run(dragoman_plane_dt(plane_));
        detail::running.system = nullptr;
        if (script.flush != nullptr) script.flush();
        dragoman_plane_done(plane_);
    }

    /// Takes one line.
    void take_line() {
        const std::optional<SceneText> text = session_.take("__update__");
        if (!text) return;
        const json update = parse_json(text->begin, text->end);
        if (const auto found = update.find("attach"); found != update.end()) {
            attach(*found);
        } else if (update.contains("system")) {
            const int found = dragoman_plane_poll(plane_);
            plane::check(found);
            if (found == DRAGOMAN_WAIT_RUN) run();  // else it was seen on the shared page before the line came
        }
        std::string line = "__done__ {\"frame\": ";
        append_json(line, update.value("frame", json(0)));
        line += '}';
        session_.send(line);
    }

private:
    Session& session_;
    dragoman_plane* plane_;
    const dragoman_view* view_ = nullptr;
};

}  // namespace

namespace plane {

dragoman_plane* running() {
    if (detail::running.system == nullptr) throw Error("denied", "entities and tables are there while a system runs");
    if (detail::running.replacing != nullptr) detail::finish_replacing();
    return detail::running.plane;
}

void check(int result) {
    if (result < 0) throw Error("bad_value", dragoman_plane_error(detail::running.plane));
}

}  // namespace plane

std::uint64_t tick() { return dragoman_plane_tick(plane::running()); }

void run_systems(Session& session) {
    doing.what = "the start";
    session.init();
    dragoman_plane* plane = dragoman_plane_open();
    if (plane == nullptr)
        throw Error("denied", std::string("this script's systems need the broker's data plane: ") +
                                  dragoman_plane_error(nullptr));
    detail::running.plane = plane;
    SystemLoop loop(session, plane);
    doing.what = "restore_state";
    session.say_ready();
    while (true) {
        if (session.has_line()) {
            loop.take_line();
            continue;
        }
        switch (dragoman_plane_wait(plane, session.descriptor())) {
            case DRAGOMAN_WAIT_RUN:
                loop.run();
                break;
            case DRAGOMAN_WAIT_LINE:
                loop.take_line();
                break;
            default:
                plane::check(-1);
        }
    }
}

}  // namespace dragoman
