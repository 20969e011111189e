/* SPDX-License-Identifier: Apache-2.0 */

/* Errors: exceptions inside a plugin, statuses with messages at the border. */

#ifndef INDUCT_CPP_ERROR_HPP
#define INDUCT_CPP_ERROR_HPP

#include <induct/induct.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

namespace induct {

/* What a plugin throws: a status of abi.h, and a message that says what is wrong, where, and what to do. */
class Error : public std::runtime_error {
  public:
    explicit Error(const std::string &message, induct_status status = INDUCT_INVALID_ARGUMENT)
        : std::runtime_error(message), status_(status) {}

    induct_status status() const noexcept { return status_; }

  private:
    induct_status status_;
};

namespace border {

/* Writes a failure into the caller's error, within the size it knows, cut at its end. */
inline induct_status report(induct_error *error, induct_status status, const char *message) noexcept {
    constexpr std::size_t offset = offsetof(induct_error, message);
    if (!error || error->struct_size <= offset) return status;
    const std::size_t known = error->struct_size < sizeof *error ? error->struct_size : sizeof *error;
    error->status = status;
    std::strncpy(error->message, message, known - offset - 1);
    error->message[known - offset - 1] = 0;
    return status;
}

/* A call struct of the host's as this header knows it: what a smaller one does not have is zero. */
template <class Table>
Table known(const Table *theirs) noexcept {
    Table mine{};
    std::memcpy(&mine, theirs, theirs->struct_size < sizeof mine ? theirs->struct_size : sizeof mine);
    return mine;
}

/* Puts errno back at the end of a block. */
class ErrnoKeeper {
  public:
    ErrnoKeeper() noexcept : number_(errno) {}
    ~ErrnoKeeper() { errno = number_; }
    ErrnoKeeper(const ErrnoKeeper &) = delete;
    ErrnoKeeper &operator=(const ErrnoKeeper &) = delete;

  private:
    const int number_;
};

/* Runs `body`; nothing that it throws goes further, and errno stays as it was. */
template <class Body>
induct_status guarded(induct_error *error, Body &&body) noexcept {
    const ErrnoKeeper keeper;
    try {
        body();
        return INDUCT_OK;
    } catch (const Error &failure) {
        return report(error, failure.status() == INDUCT_OK ? INDUCT_UNKNOWN : failure.status(), failure.what());
    } catch (const std::bad_alloc &) {
        return report(error, INDUCT_RESOURCE_EXHAUSTED, "out of memory");
    } catch (const std::exception &failure) {
        return report(error, INDUCT_INTERNAL, failure.what());
    } catch (...) {
        return report(error, INDUCT_INTERNAL, "something that is no std::exception was thrown");
    }
}

/* As `guarded`, for calls without a status: `fallback` when something was thrown. */
template <class Result, class Body>
Result quiet(Result fallback, Body &&body) noexcept {
    try {
        return body();
    } catch (...) {
        return fallback;
    }
}

}  // namespace border
}  // namespace induct

#endif
