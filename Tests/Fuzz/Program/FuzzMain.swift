import FuzzTargets
import Glibc

/// Chosen by `deploy/local/fuzz`; one program serves all, which saves two builds.
private let target = getenv("TALLY_FUZZ_TARGET").flatMap {
    FuzzTarget(rawValue: String(cString: $0))
}

/// What libFuzzer calls, with bytes of its making.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    guard let target else {
        print("Run deploy/local/fuzz, which sets TALLY_FUZZ_TARGET.")
        exit(2)
    }
    let input = [UInt8](UnsafeBufferPointer(start: start, count: start == nil ? 0 : count))
    do {
        try target.run(input)
    } catch {
        // libFuzzer keeps the input of a program that aborts.
        print("Find in \(target.rawValue): \(error)")
        fflush(nil)
        abort()
    }
    return 0
}
