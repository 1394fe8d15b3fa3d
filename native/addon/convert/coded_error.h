// Errors for JavaScript that carry a code of src/domain/errors.ts; src/board/native.ts makes CodedErrors of
// them.
#pragma once

#include <napi.h>

#include <exception>
#include <string>
#include <utility>

namespace addon {

inline Napi::Error codedError(Napi::Env env, const char* code, const std::string& message) {
  Napi::Error error = Napi::Error::New(env, message);
  error.Set("code", Napi::String::New(env, code));
  return error;
}

// Runs `work`; what the native parts throw gets the code. Errors that are JavaScript's already pass.
template <typename Work>
auto inCode(Napi::Env env, const char* code, Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw codedError(env, code, error.what());
  }
}

}  // namespace addon
