// Systems: functions that run over the tables of a query.
//
//     void movement(Position& p, const Velocity& v, double dt) { p.x += v.x * dt; }      // for each row: T& is
//     written, DRAGOMAN_SYSTEM(movement);                                                         // const T& is read
//
//     void movement(dragoman::Tables tables, double dt) { for (auto& table : tables) ... }
//     DRAGOMAN_SYSTEM(movement).reads<Velocity>().writes<Position>();                    // or .read("Velocity")
//
// More of the declaration: with, without, optional, changed, before, after, order, every, rate, mode, exclusive,
// creates, name (docs/protocol.md, section 8), in any order.
#pragma once
#include <dragoman/entities.hpp>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace dragoman {

/// What a system declares.
class System {
public:
    System(std::string name, std::function<void(double dt)> run) : name_(std::move(name)), run_(std::move(run)) {}

#define DRAGOMAN_NAMES(by_name, by_type)                              \
    template <class... Name>                                          \
    System& by_name(const Name&... names) {                           \
        return add(#by_name, {std::string(names)...});                \
    }                                                                 \
    template <class... T>                                             \
    System& by_type() {                                               \
        return add(#by_name, {std::string(detail::name_of<T>())...}); \
    }
    DRAGOMAN_NAMES(read, reads)
    DRAGOMAN_NAMES(write, writes)
    DRAGOMAN_NAMES(with, with)
    DRAGOMAN_NAMES(without, without)
    DRAGOMAN_NAMES(optional, optional)
    DRAGOMAN_NAMES(changed, changed)
#undef DRAGOMAN_NAMES
    template <class... Name>
    System& before(const Name&... systems) {
        return add("before", {std::string(systems)...});
    }
    template <class... Name>
    System& after(const Name&... systems) {
        return add("after", {std::string(systems)...});
    }

    /// "Startup", "PreUpdate", "Update" or "PostUpdate".
    System& order(const std::string& order) { return put("order", order); }
    System& every(int ticks) { return put("every", ticks); }
    System& rate(double hertz) { return put("rate", hertz); }
    /// "replace" or "in_place".
    System& mode(const std::string& mode) { return put("mode", mode); }
    System& exclusive() { return put("exclusive", true); }
    System& creates(int entities) { return put("creates", entities); }
    System& name(std::string name) {
        name_ = std::move(name);
        return *this;
    }

    const std::string& name() const { return name_; }
    bool declares_access() const;
    nlohmann::json declaration() const;
    void run(double dt) const { run_(dt); }

    System& add(const char* key, const std::vector<std::string>& names);
    System& put(const char* key, const nlohmann::json& value);

private:
    std::string name_;
    std::function<void(double dt)> run_;
    nlohmann::json keys_ = nlohmann::json::object();
};

System& declare_system(std::string name, std::function<void(double dt)> run);

/// The tick's number, inside a system.
std::uint64_t tick();

namespace detail {

/// How an argument of a system that is called for each row is declared, and what is put there.
template <class B>
struct Argument;
template <class T>
struct Argument<T&> {
    using Cell = detail::Cell<T>;
    static void declare(System& system) {
        if constexpr (std::is_const_v<T>)
            system.reads<std::remove_const_t<T>>();
        else
            system.writes<T>();
    }
};
template <class T>
struct Argument<T*> {
    using Cell = detail::Cell<T*>;
    static void declare(System& system) {
        Argument<T&>::declare(system);
        system.optional<std::remove_const_t<T>>();
    }
};
template <class T>
struct Argument : Argument<const T&> {};
template <>
struct Argument<Entity> {
    using Cell = detail::Cell<const Entity>;
    static void declare(System&) {}
};
template <>
struct Argument<const Entity&> : Argument<Entity> {};

/// Not a column: the time step.
template <>
struct Argument<double> {
    struct Cell {
        using Pointer = const double*;
        using Value = double;
        static Pointer find(Place) { return nullptr; }
    };
    static void declare(System&) {}
};
template <>
struct Argument<float> : Argument<double> {};

template <class A>
inline constexpr bool is_time = std::is_same_v<A, double> || std::is_same_v<A, float>;

template <class A>
[[gnu::always_inline]] inline decltype(auto) argument(typename Argument<A>::Cell::Pointer column, std::size_t row,
                                                      double dt) {
    if constexpr (is_time<A>)
        return static_cast<A>(dt);
    else
        return Argument<A>::Cell::at(column, row);
}

#ifdef __x86_64__
template <class Run>
[[gnu::target("avx2"), gnu::noinline]] void run_wide(Run run) {
    run();
}
/// Twice compiled, so that loops use all of the machine. Elsewhere a machine is what it is compiled for.
template <class Run>
void wide_where_possible(Run run) {
    static const bool is_wide = __builtin_cpu_supports("avx2") != 0;
    if (is_wide)
        run_wide(run);
    else
        run();
}
#else
template <class Run>
void wide_where_possible(Run run) {
    run();
}
#endif

/// Arguments whose column is written, and can be replaced in one pass.
template <class A>
inline constexpr bool is_written = false;
template <class T>
inline constexpr bool is_written<T&> = !std::is_const_v<T>;

template <class A>
inline constexpr bool is_entity = std::is_same_v<std::remove_cvref_t<A>, Entity>;

template <class A>
Replacement replacement(Place table) {
    if constexpr (is_written<A>)
        return find_replacement(table.table, component_id<std::remove_reference_t<A>>);
    else
        return {};
}

/// What a row's argument is made of while columns are replaced: a copy for what is written.
template <class A>
[[gnu::always_inline]] inline auto taken(typename Argument<A>::Cell::Pointer column, const Replacement& replacement,
                                         std::size_t row, double dt) {
    if constexpr (is_written<A>)
        return static_cast<const std::remove_reference_t<A>*>(replacement.from)[row];
    else if constexpr (is_time<A>)
        return static_cast<A>(dt);
    else if constexpr (std::is_pointer_v<A>)
        return Argument<A>::Cell::at(column, row);
    else
        return std::cref(Argument<A>::Cell::at(column, row));
}
template <class A, class Taken>
[[gnu::always_inline]] inline void put_back(const Replacement& replacement, std::size_t row, const Taken& taken) {
    if constexpr (is_written<A>) static_cast<std::remove_reference_t<A>*>(replacement.to)[row] = taken;
}

/// In one pass: rows are read from the old buffers and written to the new ones.
template <auto function, class... A, std::size_t... I>
[[gnu::always_inline]] inline void replace_rows(const Table& table, double dt, std::index_sequence<I...>) {
    const Place place = table.place();
    Replacement columns[] = {replacement<A>(place)...};
    const std::tuple<typename Argument<A>::Cell::Pointer...> read{[&]() -> typename Argument<A>::Cell::Pointer {
        if constexpr (is_written<A>)
            return nullptr;
        else
            return Argument<A>::Cell::find(place);
    }()...};
    Replacing loop{columns, sizeof...(A), 0};
    running.replacing = &loop;
    const std::size_t rows = table.rows();
    for (std::size_t row = 0; row < rows; ++row) {
        loop.row = row;
        [&](auto... arguments) {
            function(arguments...);
            (put_back<A>(columns[I], row, arguments), ...);
        }(taken<A>(std::get<I>(read), columns[I], row, dt)...);
    }
    running.replacing = nullptr;
    for (const Replacement& column : columns) {
        if (column.fresh != nullptr) *column.fresh = 1;
    }
}

template <class... A>
bool replaces() {
    bool any = false;
    const auto look = [&any]<class B>(std::type_identity<B>) {
        if constexpr (is_written<B>)
            any = any || running.components[component_id<std::remove_reference_t<B>>].access > DRAGOMAN_ACCESS_WRITE;
    };
    (look(std::type_identity<A>()), ...);
    return any;
}

template <auto function, class... A>
[[gnu::always_inline]] inline void run_rows(double dt) {
    // Who has an entity's handle may look at its row by another way: then rows must be where they are looked for.
    if constexpr (!(is_entity<A> || ...)) {
        if (replaces<A...>()) {
            for (const Table& table : Tables())
                replace_rows<function, A...>(table, dt, std::index_sequence_for<A...>());
            return;
        }
    }
    for (const Table& table : Tables()) {
        [rows = table.rows(), dt](typename Argument<A>::Cell::Pointer... columns) {
            for (std::size_t row = 0; row < rows; ++row) function(argument<A>(columns, row, dt)...);
        }(Argument<A>::Cell::find(table.place())...);
    }
}

template <auto function>
struct Declare {
    static_assert(!sizeof(decltype(function)*), "a system is a function that returns nothing");
};
template <class... A, void (*function)(A...)>
struct Declare<function> {
    static System& as(const char* name) {
        constexpr bool is_free = (is_time<A> && ...);
        constexpr bool by_table = (std::is_same_v<std::remove_cvref_t<A>, Tables> || ...);
        if constexpr (by_table || is_free) {
            return declare_system(name, [](double dt) {
                wide_where_possible([dt]() __attribute__((always_inline)) {
                    Tables tables;
                    function(plain<A>(tables, dt)...);
                });
            });
        } else {
            System& system = declare_system(name, [](double dt) {
                wide_where_possible([dt]() __attribute__((always_inline)) { run_rows<function, A...>(dt); });
            });
            (Argument<A>::declare(system), ...);
            return system;
        }
    }

private:
    template <class B>
    static decltype(auto) plain(Tables& tables, double dt) {
        if constexpr (is_time<B>) {
            return static_cast<B>(dt);
        } else {
            static_assert(std::is_same_v<std::remove_cvref_t<B>, Tables>,
                          "a system takes Tables and the time step, or the components of one row and the time step");
            return static_cast<Tables&>(tables);
        }
    }
};

}  // namespace detail

/// An object with `name`, `execution_order`, update(double dt) or update(Tables, double dt), and perhaps `read`,
/// `write` and the other keys, as lists of names. Without any of them it is exclusive and creates 65536 entities at
/// most.
template <class Object>
Object& register_system(std::unique_ptr<Object> object) {
    Object& kept = *object.release();  // lives as long as the program
    System& system = declare_system(kept.name, [&kept](double dt) {
        if constexpr (requires(Tables tables) { kept.update(tables, dt); })
            kept.update(Tables(), dt);
        else
            kept.update(dt);
    });
#define DRAGOMAN_TAKE_OVER(member, key) \
    if constexpr (requires { kept.member; }) system.add(key, {std::begin(kept.member), std::end(kept.member)})
    DRAGOMAN_TAKE_OVER(read, "read");
    DRAGOMAN_TAKE_OVER(write, "write");
    DRAGOMAN_TAKE_OVER(with, "with");
    DRAGOMAN_TAKE_OVER(without, "without");
    DRAGOMAN_TAKE_OVER(optional, "optional");
    DRAGOMAN_TAKE_OVER(changed, "changed");
    DRAGOMAN_TAKE_OVER(before, "before");
    DRAGOMAN_TAKE_OVER(after, "after");
#undef DRAGOMAN_TAKE_OVER
    if constexpr (requires { kept.execution_order; }) system.order(kept.execution_order);
    if constexpr (requires { kept.every; }) system.every(kept.every);
    if constexpr (requires { kept.rate; }) system.rate(kept.rate);
    if constexpr (requires { kept.mode; }) system.mode(kept.mode);
    if constexpr (requires { kept.creates; }) system.creates(kept.creates);
    if (!system.declares_access()) system.exclusive().creates(65536);
    return kept;
}
/// static auto& movement = dragoman::register_system<Movement>();
template <class Object, class... Arguments>
Object& register_system(Arguments&&... arguments) {
    return register_system(std::make_unique<Object>(std::forward<Arguments>(arguments)...));
}

}  // namespace dragoman

/// `inline`, so that g++ takes the function into the loops around it.
#define DRAGOMAN_SYSTEM(function)                                                              \
    inline decltype(function) function;                                                        \
    [[maybe_unused]] static ::dragoman::System& DRAGOMAN_JOIN(dragoman_system_, __COUNTER__) = \
        ::dragoman::detail::Declare<&function>::as(#function)
