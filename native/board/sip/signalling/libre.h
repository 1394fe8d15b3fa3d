// libre, which is C and has no guards of its own.
#pragma once

#include <cstdint>

// Its header offers what is OpenSSL's only then.
#define USE_OPENSSL 1
extern "C" {
#include <re/re.h>
}
// It defines these as numbers.
#undef true
#undef false

#include <memory>

namespace board::sip {

// Of these names C++ takes the function, or our own namespace.
using LibreStack = struct ::sip;
using LibreRequest = struct ::sip_request;

struct LibreDeleter {
  void operator()(void* object) const { mem_deref(object); }
};

// One reference to an object of libre.
template <typename T>
using Ref = std::unique_ptr<T, LibreDeleter>;

}  // namespace board::sip
