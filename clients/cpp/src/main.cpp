// Compiled for each script, behind -include <script>: hands the script's classes to the library. It holds as little as
// possible, since the script's macros and names are in force here.
#include <dragoman/script.hpp>

class MLPlay;
#ifdef DRAGOMAN_HPP
class Game;
#define DRAGOMAN_MAKE_PLAYER dragoman::make_scene_player
#else
#define DRAGOMAN_MAKE_PLAYER dragoman::make_json_player
#endif

namespace dragoman_script {

template <class T, bool defined = dragoman::IsDefined<T>::yes>
struct Factory {
    static constexpr dragoman::Player* (*player)() = DRAGOMAN_MAKE_PLAYER<T>;
#ifdef DRAGOMAN_HPP
    static constexpr dragoman::Game* (*game)() = dragoman::make_game<T>;
#endif
    static constexpr dragoman::GiveState give = dragoman::StateGiver<T>::hook;
    static constexpr dragoman::TakeState take = dragoman::StateTaker<T>::hook;
};
template <class T>
struct Factory<T, false> {
    static constexpr dragoman::Player* (*player)() = nullptr;
    static constexpr dragoman::Game* (*game)() = nullptr;
    static constexpr dragoman::GiveState give = nullptr;
    static constexpr dragoman::TakeState take = nullptr;
};

#ifdef _GLIBCXX_IOSTREAM
void flush() { std::cout.flush(); }
#endif

}  // namespace dragoman_script

namespace dragoman {
extern const Script script = {
    dragoman_script::Factory< ::MLPlay>::player,
#ifdef DRAGOMAN_HPP
    dragoman_script::Factory< ::Game>::game,
#else
    nullptr,
#endif
#ifdef _GLIBCXX_IOSTREAM
    dragoman_script::flush,
#else
    nullptr,
#endif
#ifdef DRAGOMAN_HPP
    dragoman_script::Factory< ::MLPlay>::player ? dragoman_script::Factory< ::MLPlay>::give
                                                : dragoman_script::Factory< ::Game>::give,
    dragoman_script::Factory< ::MLPlay>::player ? dragoman_script::Factory< ::MLPlay>::take
                                                : dragoman_script::Factory< ::Game>::take,
#else
    dragoman_script::Factory< ::MLPlay>::give,
    dragoman_script::Factory< ::MLPlay>::take,
#endif
};
}  // namespace dragoman

// these may have verbs, systems, or a loop of their own
#if !defined DRAGOMAN_HPP && !defined DRAGOMAN_SYSTEMS_HPP && !defined DRAGOMAN_MLGAME_CLIENT_HPP
static_assert(dragoman::IsDefined< ::MLPlay>::yes,
              "this script defines no class MLPlay (a game includes <dragoman.hpp> and defines a class Game)");
#endif
