#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <string>
#include <vector>

#include "broker/launch/process.hpp"
#include "broker/sandbox/sandbox.hpp"
#include "compilers/language.hpp"

namespace dragoman::bench {

/// Starts programs as a broker would start scripts, behind the sandbox's walls, without a conversation.
class Walled {
public:
    explicit Walled(SandboxMode mode);

    /// Milliseconds from the order to the program's first byte, or to its end where it writes none. Returns when all of
    /// it is gone. Throws where it was not started, or failed.
    double start(const std::vector<std::string>& arguments);
    std::string tier() const { return std::string(name(sandbox_.tier())); }

private:
    boost::asio::io_context io_{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{io_.get_executor()};
    Sandbox sandbox_;
    Language language_;
};

}  // namespace dragoman::bench
