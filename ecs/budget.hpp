#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "ecs/error.hpp"

namespace dragoman::ecs {

/// How many bytes the world may hold, so that no script can fill the broker's memory through it.
class Budget {
public:
    explicit Budget(std::size_t limit) : limit_(limit) {}

    void take(std::size_t bytes) {
        if (bytes > limit_ - used_)
            throw Error(ErrorCode::denied, "the world is full: it may hold " + std::to_string(limit_) + " bytes");
        used_ += bytes;
    }
    void give(std::size_t bytes) { used_ -= bytes; }
    std::size_t used() const { return used_; }

private:
    std::size_t limit_;
    std::size_t used_ = 0;
};

/// A text that counts against the budget for as long as it is kept anywhere: in a row or in the undo log.
class Text {
public:
    Text() = default;
    Text(Budget& budget, std::string text) : text_(std::move(text)) {
        budget.take(text_.size());
        budget_ = &budget;
    }
    Text(Text&& other) noexcept : text_(std::move(other.text_)), budget_(std::exchange(other.budget_, nullptr)) {}
    Text& operator=(Text&& other) noexcept {
        std::swap(text_, other.text_);
        std::swap(budget_, other.budget_);
        return *this;
    }
    ~Text() {
        if (budget_) budget_->give(text_.size());
    }

    const std::string& str() const { return text_; }

private:
    std::string text_;
    Budget* budget_ = nullptr;
};

}  // namespace dragoman::ecs
