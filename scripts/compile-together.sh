#!/bin/bash
# Compiles C++ sources as one, into one object: most of the time of compiling goes to what the headers make in each of
# them anew. What does not go together (a name that two files have for themselves) is halved.
#
#   scripts/compile-together.sh OBJECT SOURCE... -- COMPILER [FLAGS]
set -euo pipefail
object=$1
shift
sources=()
while [ "$1" != -- ]; do
  sources+=("$(realpath "$1")")
  shift
done
shift
compile=("$@" -MMD -MP -MT "$object")

# together NAME SOURCE...: NAME.o, or the objects of its halves.
parts=()
together() {
  local name=$1 half=$((($# - 1) / 2))
  shift
  if [ $# = 1 ]; then
    "${compile[@]}" -c -o "$name.o" "$1"
  else
    printf '#include "%s"\n' "$@" >"$name.cc"
    if ! "${compile[@]}" -c -o "$name.o" "$name.cc" 2>/dev/null; then
      together "$name-1" "${@:1:half}"
      together "$name-2" "${@:half + 1}"
      return
    fi
  fi
  parts+=("$name")
}
together "${object%.o}-part" "${sources[@]}"

if [ ${#parts[@]} = 1 ]; then
  mv "${parts[0]}.o" "$object"
else
  bits=()
  if [[ " $* " == *' -m32 '* ]]; then bits=(-m32); fi
  # A compiler cache before the compiler links nothing.
  linker=$1
  if [[ $linker == *ccache ]]; then linker=$2; fi
  "$linker" "${bits[@]}" -r -nostdlib -o "$object" "${parts[@]/%/.o}"
fi
cat "${parts[@]/%/.d}" >"${object%.o}.d"
