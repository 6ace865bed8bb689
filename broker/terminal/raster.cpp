#include "broker/terminal/raster.hpp"

#include <algorithm>
#include <cmath>

#include "broker/terminal/width.hpp"

namespace dragoman {
namespace {

constexpr int many_pixels = 30'000;
constexpr std::uint64_t work_for_a_row = 8;

}  // namespace

Raster::Raster(int width, int height, Rgb background)
    : width_(width),
      height_(height),
      samples_(width * height > many_pixels ? 2 : 4),
      background_(background),
      grid_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                static_cast<std::size_t>(samples_ * samples_),
            background),
      letters_(Size{width, (height + 1) / 2}) {}

/// The first row of samples whose centre is not above `y`.
int Raster::row_of(double y) const {
    return static_cast<int>(std::clamp(std::ceil(y - 0.5), 0.0, static_cast<double>(height_ * samples_)));
}

/// Paints the samples of row `y` whose centres lie between; letters whose middle is covered go.
void Raster::fill(int y, double from, double to, Rgb color) {
    const double end_of_row = width_ * samples_;
    const int first = static_cast<int>(std::clamp(std::ceil(from - 0.5), 0.0, end_of_row));
    const int last = static_cast<int>(std::clamp(std::ceil(to - 0.5), 0.0, end_of_row));
    work_ += work_for_a_row;
    if (first >= last || exhausted()) return;
    work_ += static_cast<std::uint64_t>(last - first);
    const auto row = grid_.begin() + static_cast<std::ptrdiff_t>(y) * width_ * samples_;
    std::fill(row + first, row + last, color);

    if (y % (2 * samples_) != samples_) return;
    const int middle = samples_ / 2;
    for (int column = (first + samples_ - 1 - middle) / samples_; column * samples_ + middle < last; ++column)
        if (letters_.at(column, y / (2 * samples_)).character != U' ') letters_.write(column, y / (2 * samples_), " ");
}

void Raster::rect(Point corner, double width, double height, Rgb color) {
    if (width <= 0 || height <= 0) return;
    const double wide = std::max(width, 1.0), high = std::max(height, 1.0);
    const double left = (corner.x - (wide - width) / 2) * samples_, top = (corner.y - (high - height) / 2) * samples_;
    const int end = row_of(top + high * samples_);
    for (int y = row_of(top); y < end && !exhausted(); ++y) fill(y, left, left + wide * samples_, color);
}

void Raster::ellipse(Point center, double radius_x, double radius_y, Rgb color) {
    if (radius_x <= 0 || radius_y <= 0) return;
    const double x = center.x * samples_, y = center.y * samples_;
    const double wide = std::max(radius_x, 0.6) * samples_, high = std::max(radius_y, 0.6) * samples_;
    const int end = row_of(y + high);
    for (int row = row_of(y - high); row < end && !exhausted(); ++row) {
        const double up = (row + 0.5 - y) / high;
        const double half = wide * std::sqrt(std::max(0.0, 1 - up * up));
        fill(row, x - half, x + half, color);
    }
}

/// One pixel wide, with square ends. Upright and level lines lie on whole pixels, so that they are not blurred.
void Raster::line(Point from, Point to, Rgb color) {
    if (from.x == to.x) from.x = to.x = std::floor(from.x) + 0.5;
    if (from.y == to.y) from.y = to.y = std::min(std::floor(from.y), height_ - 1.0) + 0.5;
    const double length = std::hypot(to.x - from.x, to.y - from.y);
    const Point along = length > 0 ? Point{(to.x - from.x) / length / 2, (to.y - from.y) / length / 2} : Point{0.5, 0};
    const auto corner = [&](Point end, double forth, double aside) {
        return Point{(end.x + forth * along.x - aside * along.y) * samples_,
                     (end.y + forth * along.y + aside * along.x) * samples_};
    };
    const std::array corners{corner(from, -1, -1), corner(to, 1, -1), corner(to, 1, 1), corner(from, -1, 1)};
    fill_convex(corners, color);
}

void Raster::fill_convex(std::span<const Point> corners, Rgb color) {
    const auto [highest, lowest] =
        std::minmax_element(corners.begin(), corners.end(), [](Point a, Point b) { return a.y < b.y; });
    const int end = row_of(lowest->y);
    for (int row = row_of(highest->y); row < end && !exhausted(); ++row) {
        const double y = row + 0.5;
        double from = 1e300, to = -1e300;
        for (std::size_t i = 0; i < corners.size(); ++i) {
            const Point a = corners[i], b = corners[(i + 1) % corners.size()];
            if ((a.y <= y) == (b.y <= y)) continue;
            const double x = a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
            from = std::min(from, x);
            to = std::max(to, x);
        }
        fill(row, from, to, color);
    }
}

void Raster::text(Point corner, std::string_view text, Rgb color) {
    work_ += work_for_a_row + text.size();
    const double row = std::floor(corner.y / 2);
    if (exhausted() || row < 0 || row >= letters_.size().rows || corner.x >= width_) return;
    const double longest = static_cast<double>(width_of(text));
    const double column = std::floor(corner.x);
    const double room = std::max(0.0, width_ - longest);
    if (column + longest <= 0) return;
    letters_.write(static_cast<int>(std::min(column, room)), static_cast<int>(row), text,
                   Cell{U' ', color, std::nullopt, false});
}

template <typename See>
void Raster::each_sample(int x, int y, See see) const {
    for (int row = y * samples_; row < (y + 1) * samples_; ++row) {
        const auto start = grid_.begin() + (static_cast<std::ptrdiff_t>(row) * width_ + x) * samples_;
        std::for_each(start, start + samples_, see);
    }
}

Rgb Raster::mean(int x, int y) const {
    // Light adds up as about the square of what is stored.
    int red = 0, green = 0, blue = 0;
    each_sample(x, y, [&](Rgb color) {
        red += color.red * color.red;
        green += color.green * color.green;
        blue += color.blue * color.blue;
    });
    const int count = samples_ * samples_;
    const auto root = [&](int sum) { return static_cast<std::uint8_t>(std::lround(std::sqrt(sum / count))); };
    return {root(red), root(green), root(blue)};
}

Rgb Raster::dominant(int x, int y) const {
    std::array<Rgb, 16> seen;
    std::array<int, 16> times{};
    std::size_t kinds = 0;
    int covered = 0;
    each_sample(x, y, [&](Rgb color) {
        if (color == background_) return;
        ++covered;
        std::size_t i = 0;
        while (i < kinds && !(seen[i] == color)) ++i;
        if (i == kinds) seen[kinds++] = color;
        ++times[i];
    });
    if (covered * 4 < samples_ * samples_) return background_;
    const auto most = std::max_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(kinds));
    return seen[static_cast<std::size_t>(most - times.begin())];
}

}  // namespace dragoman
