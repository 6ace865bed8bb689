#include "broker/session/refusals.hpp"

#include <algorithm>
#include <utility>

namespace dragoman {

Refusals::News Refusals::add(Refusal refusal) {
    last_ = std::move(refusal);
    if (std::find(calls_.begin(), calls_.end(), last_->call) != calls_.end()) return News::known;
    if (calls_.size() >= most) return std::exchange(more_, true) ? News::too_many : News::one_too_many;
    calls_.push_back(last_->call);
    return News::first_time;
}

}  // namespace dragoman
