// The vendor's functions, found at run time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "board/dialogic/config.h"
#include "board/dialogic/vendor/vendor_types.h"

namespace board::dialogic {

enum class Library : uint8_t { kSrl, kVoice, kDti, kGc };
inline constexpr int kLibraries = 4;

// An out-parameter of the vendor's int or long: wide enough for both, read by its low 32 bits.
class Cell {
 public:
  void* at() { return &cell_; }
  int value() const { return static_cast<int>(static_cast<uint32_t>(cell_)); }

 private:
  uint64_t cell_ = 0;
};

// What is known of one library file.
struct LibraryFacts {
  Library which;
  std::string path;      // as it was opened; empty: not found
  std::string elfClass;  // "32", "64", "none"
  bool loaded = false;
  int symbols = 0;                           // found
  std::vector<std::string> missing;          // required
  std::vector<std::string> missingOptional;  // what needs them says so when it is wanted
  std::string problem;                       // why it is not loaded; empty: it is
};

// Null where a symbol is missing.
struct Api {
#define CPD_FUNCTION(library, need, result, name, parameters) result(*name) parameters = nullptr;
#include "board/dialogic/vendor/api.def"
#undef CPD_FUNCTION
  double (*clock)() = nullptr;  // Libraries::clock

  bool has(Library library) const { return facts[static_cast<int>(library)].loaded; }
  LibraryFacts facts[kLibraries];
};

// Which libraries are needed.
struct Wanted {
  bool dti = true;
  bool gc = true;
};

// Reads the ELF class of each file before it is loaded, loads them in the order SRL, voice, DTI, GC and keeps
// them until the process ends, and looks up all functions. Nothing is thrown: problems() says what is wrong,
// all of it at once.
Api loadApi(const Libraries& libraries);

// In plain words; empty: everything wanted is there.
std::vector<std::string> problems(const Api& api, const Wanted& wanted);

const char* name(Library library);  // "libsrl"

}  // namespace board::dialogic
