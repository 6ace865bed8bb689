#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "broker/terminal/frame.hpp"

namespace dragoman {

struct Point {
    double x, y;
};

/// Samples of a picture, several to a pixel, and the letters that stand over them. Everything is clipped.
class Raster {
public:
    Raster(int width, int height, Rgb background);  // in pixels

    // In pixels; what is thinner than one pixel is drawn as one pixel.
    void rect(Point corner, double width, double height, Rgb color);
    void ellipse(Point center, double radius_x, double radius_y, Rgb color);
    void line(Point from, Point to, Rgb color);
    /// In the cell that holds the point, moved to the left where it would not fit.
    void text(Point corner, std::string_view text, Rgb color);

    /// The mean of a pixel's samples.
    Rgb mean(int x, int y) const;
    /// One colour that the samples have: what covers a quarter of the pixel goes before the background.
    Rgb dominant(int x, int y) const;
    const Cell& letter(int column, int row) const { return letters_.at(column, row); }
    /// Nothing more is painted: the work done is past what one picture may cost.
    bool exhausted() const { return work_ > most_work; }

private:
    static constexpr std::uint64_t most_work = 20'000'000;

    void fill(int y, double from, double to, Rgb color);
    void fill_convex(std::span<const Point> corners, Rgb color);
    int row_of(double y) const;
    template <typename See>
    void each_sample(int x, int y, See see) const;

    int width_, height_, samples_;  // `samples_` in each direction of a pixel
    Rgb background_;
    std::vector<Rgb> grid_;
    Frame letters_;
    std::uint64_t work_ = 0;
};

}  // namespace dragoman
