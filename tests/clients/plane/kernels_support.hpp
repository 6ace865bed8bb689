#pragma once
// Columns to try kernels on: made up, in the modes in place and replace, dense or with other fields around.
#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

#include "clients/plane/kernels.h"

namespace dragoman::test {

template <class T>
constexpr std::uint8_t type_of() {
    if constexpr (std::is_same_v<T, float>) return DRAGOMAN_F32;
    if constexpr (std::is_same_v<T, double>) return DRAGOMAN_F64;
    if constexpr (std::is_same_v<T, std::int8_t>) return DRAGOMAN_I8;
    if constexpr (std::is_same_v<T, std::int16_t>) return DRAGOMAN_I16;
    if constexpr (std::is_same_v<T, std::int32_t>) return DRAGOMAN_I32;
    if constexpr (std::is_same_v<T, std::int64_t>) return DRAGOMAN_I64;
    if constexpr (std::is_same_v<T, std::uint8_t>) return DRAGOMAN_U8;
    if constexpr (std::is_same_v<T, std::uint16_t>) return DRAGOMAN_U16;
    if constexpr (std::is_same_v<T, std::uint32_t>) return DRAGOMAN_U32;
    if constexpr (std::is_same_v<T, std::uint64_t>) return DRAGOMAN_U64;
    return DRAGOMAN_ENTITY;
}

struct Form {
    std::size_t rows = 8;
    std::uint16_t lanes = 3;
    std::uint16_t before = 0;  // scalars of other fields in the row
    std::uint16_t behind = 0;
    bool replace = false;

    Form with_lanes(std::uint16_t other) const { return {rows, other, before, behind, replace}; }
    Form with_rows(std::size_t other) const { return {other, lanes, before, behind, replace}; }
};

inline std::string text(const Form& form) {
    std::ostringstream all;
    all << form.rows << " rows of " << form.before << "+" << form.lanes << "+" << form.behind
        << (form.replace ? ", replace" : ", in place");
    return all.str();
}

inline std::mt19937& chance() {
    static std::mt19937 generator(4711);
    return generator;
}

template <class T>
T any_value() {
    if constexpr (std::is_floating_point_v<T>) {
        return std::uniform_real_distribution<T>(-100, 100)(chance());
    } else {
        return static_cast<T>(chance()());
    }
}

/// The same bits.
template <class T>
bool same(const std::vector<T>& a, const std::vector<T>& b) {
    return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(T)) == 0);
}

/// A column with one field to work on. Its buffers are exactly as large as they must be, so that ASan sees a step
/// aside.
template <class T>
class Column {
public:
    explicit Column(const Form& form, std::uint8_t type = type_of<T>())
        : form_(form), data_(form.rows * per_row()), previous_(form.replace ? data_.size() : 0) {
        for (T& one : data_) one = any_value<T>();
        for (T& one : previous_) one = any_value<T>();
        original_ = form.replace ? previous_ : data_;
        buffer_ = data_;
        span.data = data_.data() + form.before;
        span.previous = form.replace ? previous_.data() + form.before : nullptr;
        span.fresh = form.replace ? &fresh_ : nullptr;
        span.rows = form.rows;
        span.stride = static_cast<std::uint32_t>(per_row() * sizeof(T));
        span.offset = static_cast<std::uint32_t>(form.before * sizeof(T));
        span.lanes = form.lanes;
        span.type = type;
        span.writable = 1;
    }
    Column(const Column&) = delete;
    Column& operator=(const Column&) = delete;

    dragoman_span span{};

    /// What a script reads before anything is written. To be set before a kernel runs.
    T& at(std::size_t row, std::size_t lane) {
        return (form_.replace ? previous_ : data_)[row * per_row() + form_.before + lane];
    }
    T after(std::size_t row, std::size_t lane) const { return data_[row * per_row() + form_.before + lane]; }
    std::vector<T> values() {
        std::vector<T> all;
        for (std::size_t row = 0; row < form_.rows; ++row) {
            for (std::size_t lane = 0; lane < form_.lanes; ++lane) all.push_back(at(row, lane));
        }
        return all;
    }
    std::vector<T> results() const {
        std::vector<T> all;
        for (std::size_t row = 0; row < form_.rows; ++row) {
            for (std::size_t lane = 0; lane < form_.lanes; ++lane) all.push_back(after(row, lane));
        }
        return all;
    }
    bool is_fresh() const { return fresh_ != 0; }
    /// No scalar of another field changed; they are all there in the new buffer.
    bool others_are_kept() const {
        for (std::size_t i = 0; i < data_.size(); ++i) {
            const std::size_t place = i % per_row();
            const bool ours = place >= form_.before && place < std::size_t(form_.before) + form_.lanes;
            if (!ours && std::memcmp(&data_[i], &original_[i], sizeof(T)) != 0) return false;
        }
        return true;
    }
    bool nothing_changed() const { return same(data_, buffer_) && fresh_ == 0; }

private:
    std::size_t per_row() const { return std::size_t(form_.before) + form_.lanes + form_.behind; }

    Form form_;
    std::vector<T> data_;
    std::vector<T> previous_;
    std::vector<T> original_;
    std::vector<T> buffer_;
    std::uint8_t fresh_ = 0;
};

/// As written: no contraction with what follows.
template <class T>
T rounded(T x) {
    volatile T stored = x;
    return stored;
}

/// Calls body(form) for many forms, with the plain loops and with the best ones.
template <class F>
void in_all_forms(F body) {
    for (const int loops : {DRAGOMAN_LOOPS_PLAIN, DRAGOMAN_LOOPS_BEST}) {
        dragoman_kernels_use(loops);
        for (const std::size_t rows : {0, 1, 7, 8, 9, 100, 1000}) {
            for (const std::uint16_t lanes : {1, 2, 3, 4, 6}) {
                for (const std::uint16_t around : {0, 1, 2}) {
                    for (const bool replace : {false, true}) {
                        const Form form{rows, lanes, std::uint16_t(around / 2), std::uint16_t(around > 0 ? 1 : 0),
                                        replace};
                        const std::string name = text(form) + (loops == DRAGOMAN_LOOPS_PLAIN ? ", plain" : ", best");
                        INFO(name);
                        body(form);
                    }
                }
            }
        }
    }
    dragoman_kernels_use(DRAGOMAN_LOOPS_BEST);
}

}  // namespace dragoman::test
