#include "ecs/undo.hpp"

#include <algorithm>

namespace dragoman::ecs {

namespace {

constexpr std::size_t kept_between_transactions = 8 << 20;

template <class T>
std::size_t grow(std::vector<T>& stack, std::size_t more, Budget& budget) {
    if (stack.size() + more <= stack.capacity()) return 0;
    const auto capacity = std::max<std::size_t>({stack.capacity() * 2, stack.size() + more, 64});
    const auto bytes = (capacity - stack.capacity()) * sizeof(T);
    budget.take(bytes);
    stack.reserve(capacity);
    return bytes;
}

}  // namespace

UndoLog::~UndoLog() { budget_.give(counted_); }

void UndoLog::reserve(std::size_t records, std::size_t bytes, std::size_t texts) {
    counted_ += grow(records_, records, budget_);
    counted_ += grow(bytes_, bytes, budget_);
    counted_ += grow(texts_, texts, budget_);
}

UndoRecord UndoLog::pop() {
    const auto record = records_.back();
    records_.pop_back();
    return record;
}

const std::byte* UndoLog::pop_bytes(std::size_t size) {
    bytes_.resize(bytes_.size() - size);
    return bytes_.data() + bytes_.size();
}

Text UndoLog::pop_text() {
    auto text = std::move(texts_.back());
    texts_.pop_back();
    return text;
}

void UndoLog::clear() {
    records_.clear();
    bytes_.clear();
    texts_.clear();
    if (counted_ <= kept_between_transactions) return;
    budget_.give(counted_);
    counted_ = 0;
    records_.shrink_to_fit();
    bytes_.shrink_to_fit();
    texts_.shrink_to_fit();
}

}  // namespace dragoman::ecs
