// Result<T> and Error: how every stage of mote says "that did not work, and here is the way out".
// Named after std::expected, which the compilers we support do not have.  Use it for what users can cause (a
// file, an option, a model); MOTE_CHECK is for what only we can cause.  Read base/text.h next.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace mote {

/// What went wrong, in the user's words, and what to do about it.
struct Error {
  enum class Kind : std::uint8_t {
    Failed,  ///< a file, a model, a machine is not as it should be: exit status 1
    Usage,   ///< the command line itself cannot be meant so: exit status 2
  };
  /// Names the user's thing first: "beats.csv, row 17, column 'rr': 'abc' is not a number"
  std::string message;
  std::string hint;  ///< the way out: "leave the cell empty for a missing value"; may be empty
  Kind kind = Kind::Failed;

  /// The same error seen from further outside: `context` is put before the message.
  [[nodiscard]] Error in(const std::string& context) const {
    return Error{context + ": " + message, hint, kind};
  }
  /// The same error when an option of the command line is what brought it about.
  [[nodiscard]] Error in_option(const std::string& option) const {
    return Error{option + ": " + message, hint, Kind::Usage};
  }
};

inline Error error(std::string message, std::string hint = {}) {
  return Error{std::move(message), std::move(hint)};
}

/// A mistake in an option: the message names it ("--samples 0 …").
inline Error usage_error(std::string message, std::string hint) {
  return Error{std::move(message), std::move(hint), Error::Kind::Usage};
}

/// A value, or the Error that prevented it.  Converts from both, so `return value;` and `return error(…);` just work.
template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error problem) : state_(std::in_place_index<1>, std::move(problem)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  const Error& error() const { return std::get<1>(state_); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error problem) : problem_(std::move(problem)) {}

  bool has_value() const { return !problem_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const { return *problem_; }

 private:
  std::optional<Error> problem_;
};

}  // namespace mote

#define MOTE_CONCAT_(a, b) a##b
#define MOTE_CONCAT(a, b) MOTE_CONCAT_(a, b)

/// `MOTE_TRY(auto x, f());` declares x from f()'s value, or returns f()'s error to the caller.
#define MOTE_TRY(declaration, expression) \
  MOTE_TRY_(MOTE_CONCAT(mote_try_, __COUNTER__), declaration, expression)
#define MOTE_TRY_(name, declaration, expression) \
  auto name = (expression);                      \
  if (!name) return name.error();                \
  declaration = std::move(*name)

/// `MOTE_TRY_VOID(f());` returns f()'s error to the caller, if there is one.
#define MOTE_TRY_VOID(expression)                     \
  do {                                                \
    auto mote_try_void = (expression);                \
    if (!mote_try_void) return mote_try_void.error(); \
  } while (0)

/// A promise between parts of mote.  A failure is a bug of ours: it says where, and stops the program.
#define MOTE_CHECK(condition, what)                                                                    \
  do {                                                                                                 \
    if (!(condition)) {                                                                                \
      std::fprintf(stderr, "mote: internal error at %s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, \
                   what);                                                                              \
      std::abort();                                                                                    \
    }                                                                                                  \
  } while (0)
