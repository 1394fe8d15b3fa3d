#include "board/dialogic/vendor/api.h"

#include <dlfcn.h>
#include <elf.h>

#include <cstdio>
#include <cstring>
#include <filesystem>

namespace board::dialogic {
namespace {

constexpr const char* kOurClass = sizeof(void*) == 8 ? "64" : "32";

// "32", "64", or "none" for what is no ELF file or cannot be read.
const char* elfClassOf(const std::string& path) {
  unsigned char ident[EI_NIDENT] = {};
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) return "none";
  const size_t got = std::fread(ident, 1, sizeof ident, file);
  std::fclose(file);
  if (got != sizeof ident || std::memcmp(ident, ELFMAG, SELFMAG) != 0) return "none";
  return ident[EI_CLASS] == ELFCLASS64 ? "64" : ident[EI_CLASS] == ELFCLASS32 ? "32" : "none";
}

std::string wrongClass(const LibraryFacts& facts) {
  return facts.path + " is a " + facts.elfClass + "-bit library and this process has " + kOurClass +
         " bits: use a board host of " + facts.elfClass + " bits";
}

void* open(const Libraries& libraries, const std::string& file, LibraryFacts& facts) {
  facts.elfClass = "none";
  if (!libraries.folder.empty()) {
    facts.path = libraries.folder + "/" + file;
    std::error_code error;
    if (!std::filesystem::exists(facts.path, error)) {
      facts.problem = facts.path + " does not exist";
      return nullptr;
    }
    facts.elfClass = elfClassOf(facts.path);
    if (std::strcmp(facts.elfClass.c_str(), "none") == 0) {
      facts.problem = facts.path + " is not a shared library that can be read";
      return nullptr;
    }
    if (facts.elfClass != kOurClass) {
      facts.problem = wrongClass(facts);
      return nullptr;
    }
  } else {
    facts.path = file;
    facts.elfClass = kOurClass;  // the loader passes over others
  }
  // Global: the libraries find each other's functions. Never closed: they run threads of their own.
  void* handle = dlopen(facts.path.c_str(), RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE);
  if (handle == nullptr) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): in glibc each thread has its own
    const char* why = dlerror();
    facts.problem = why != nullptr ? why : facts.path + " cannot be loaded";
  }
  return handle;
}

template <typename Function>
void find(void* handle, const char* name, bool required, Function*& function, LibraryFacts& facts) {
  function = handle == nullptr ? nullptr : reinterpret_cast<Function*>(dlsym(handle, name));
  if (function != nullptr) {
    ++facts.symbols;
  } else {
    (required ? facts.missing : facts.missingOptional).emplace_back(name);
  }
}

}  // namespace

Api loadApi(const Libraries& libraries) {
  Api api;
  void* handles[kLibraries] = {};
  const std::string* files[kLibraries] = {&libraries.srl, &libraries.voice, &libraries.dti, &libraries.gc};
  for (int i = 0; i < kLibraries; ++i) {
    api.facts[i].which = static_cast<Library>(i);
    handles[i] = open(libraries, *files[i], api.facts[i]);
    api.facts[i].loaded = handles[i] != nullptr;
  }
  constexpr bool REQUIRED = true, OPTIONAL = false;
#define CPD_FUNCTION(library, need, result, name, parameters)              \
  find(handles[static_cast<int>(Library::library)], #name, need, api.name, \
       api.facts[static_cast<int>(Library::library)]);
#include "board/dialogic/vendor/api.def"
#undef CPD_FUNCTION
  if (!libraries.clock.empty() && handles[0] != nullptr) {
    api.clock = reinterpret_cast<double (*)()>(dlsym(handles[0], libraries.clock.c_str()));
    if (api.clock == nullptr) api.facts[0].missing.push_back(libraries.clock);
  }
  return api;
}

std::vector<std::string> problems(const Api& api, const Wanted& wanted) {
  std::vector<std::string> found;
  for (const LibraryFacts& facts : api.facts) {
    if (facts.which == Library::kDti && !wanted.dti) continue;
    if (facts.which == Library::kGc && !wanted.gc) continue;
    if (!facts.loaded) {
      found.push_back(facts.problem);
      continue;
    }
    if (facts.missing.empty()) continue;
    std::string text = facts.path + " has no";
    for (const std::string& symbol : facts.missing) {
      text += (&symbol == &facts.missing.front() ? " " : ", ") + symbol;
    }
    found.push_back(text);
  }
  return found;
}

const char* name(Library library) {
  constexpr const char* kNames[] = {"libsrl", "libdxxx", "libdti", "libgc"};
  return kNames[static_cast<int>(library)];
}

}  // namespace board::dialogic
