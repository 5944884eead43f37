#!/usr/bin/env bash
# Writes everything that follows from proto/, and from Benchmarks/proto/: C by protoc-c, the
# descriptor set by protoc, Swift by tally-generator. What it writes is committed; run again, it
# changes nothing.
# Needs protoc, protoc-c and the Swift toolchain.
#
# Usage: deploy/scripts/generate.sh [--release]
#   --release  also writes proto/released.binpb, the contract that APITests compares with. Only for
#              a release: from then on its names and numbers stay.
set -euo pipefail
case "${1-}" in
    '' | --release) ;;
    *)
        sed -n 's/^# \{0,1\}//; 2,9p' "$0" >&2
        exit 2
        ;;
esac
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

for tool in protoc protoc-c swift; do
    command -v "$tool" >/dev/null || {
        echo "generate.sh: $tool is missing (apt-get install protobuf-compiler protobuf-c-compiler)" >&2
        exit 1
    }
done

# Where google/protobuf/timestamp.proto is: beside protoc, or where pkg-config says.
well_known=""
for folder in "$(dirname "$(command -v protoc)")/../include" \
    "$(pkg-config --variable=includedir protobuf 2>/dev/null || true)" /usr/local/include; do
    if [ -f "$folder/google/protobuf/timestamp.proto" ]; then
        well_known=$folder
        break
    fi
done
if [ -z "$well_known" ]; then
    echo "generate.sh: google/protobuf/timestamp.proto is missing (apt-get install libprotobuf-dev)" >&2
    exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

frame=(tally/rpc/v1/frame.proto)
mapfile -t contract < <(cd proto && printf '%s\n' tally/v1/*.proto | sort)
echo=(tally/benchmark/v1/echo.proto)

# Arguments: folder of the .proto files, folder of the C module, then the .proto files. Replaces what
# was generated there.
write_c() {
    local folder=$1 module=$2 file
    shift 2
    rm -rf "$work/c" "$module/include/tally" "$module/include/google" "$module/tally" "$module/google"
    mkdir -p "$work/c" "$module/include"
    (cd "$folder" && protoc-c -I. -I"$well_known" --c_out="$work/c" "$@")
    while IFS= read -r file; do
        mkdir -p "$module/$(dirname "$file")" "$module/include/$(dirname "$file")"
        cp "$work/c/$file.c" "$module/$file.c"
        cp "$work/c/$file.h" "$module/include/$file.h"
    done < <(cd "$work/c" && find . -name '*.c' | sed 's|^\./||; s|\.c$||' | sort)
}

# Arguments: folder of the .proto files, descriptor set to write, then the .proto files.
write_descriptors() {
    local folder=$1 set=$2
    shift 2
    (cd "$folder" && protoc -I. -I"$well_known" --include_imports --include_source_info \
        --descriptor_set_out="$set" "$@")
}

write_c proto Sources/C/CFrame "${frame[@]}"
write_c proto Sources/C/CMessages "${contract[@]}" google/protobuf/timestamp.proto
write_c Benchmarks/proto Benchmarks/CBenchmarkMessages "${echo[@]}"
write_descriptors proto "$work/frame.binpb" "${frame[@]}"
write_descriptors proto "$work/contract.binpb" "${contract[@]}"
write_descriptors proto "$work/everything.binpb" "${contract[@]}" "${frame[@]}"
write_descriptors Benchmarks/proto "$work/echo.binpb" "${echo[@]}"

swift build --product tally-generator >"$work/build.log" 2>&1 || {
    cat "$work/build.log" >&2
    exit 1
}
generator="$(swift build --show-bin-path)/tally-generator"

"$generator" descriptor-array --descriptor-set "$work/everything.binpb" \
    --output Sources/C/CMessages/tally_descriptor_set.c
"$generator" swift --descriptor-set "$work/frame.binpb" --access package --c-module CFrame \
    --output Sources/Platform/Wire/Generated
"$generator" swift --descriptor-set "$work/contract.binpb" --access public --c-module CMessages \
    --wire-module Wire --schema TallySchema --output Sources/API/Generated
"$generator" swift --descriptor-set "$work/echo.binpb" --access package \
    --c-module CBenchmarkMessages --wire-module Wire --output Benchmarks/Messages/Generated
"$generator" client --descriptor-set "$work/contract.binpb" \
    --output Sources/TallyClient/Generated/ServiceClients.swift
swift format --in-place --recursive Sources/Platform/Wire/Generated Sources/API/Generated \
    Sources/TallyClient/Generated Benchmarks/Messages/Generated

if [ "${1-}" = --release ]; then
    # Without comments: they may change.
    (cd proto && protoc -I. -I"$well_known" --include_imports \
        --descriptor_set_out=released.binpb "${contract[@]}" "${frame[@]}")
fi
