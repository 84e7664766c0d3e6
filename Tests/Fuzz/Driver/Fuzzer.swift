import FuzzTargets

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

// linnet-fuzz: libFuzzer's side of the fuzz targets. libFuzzer brings `main` and its options; which target it is comes
// from LINNET_FUZZ_TARGET. `make fuzz` builds and runs it.

private let target: FuzzTarget = {
    let name = getenv("LINNET_FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        fatalError("LINNET_FUZZ_TARGET is one of \(names)")
    }
    return target
}()

/// One run.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do throws(FuzzFinding) {
        _ = try target.run(Array(UnsafeBufferPointer(start: data, count: count)))
        return 0
    } catch {
        fatalError("\(error)")
    }
}

/// libFuzzer's own mutation.
@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int) -> Int

/// Either libFuzzer's mutation, which sees the coverage, or ours, which knows the language.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutate(_ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ limit: Int, _ seed: CUnsignedInt) -> Int {
    if seed % 3 == 0 { return mutateBytes(data, count, limit) }
    var mutator = Mutator(seed: UInt64(seed))
    let input = Array(UnsafeBufferPointer(start: data, count: count))
    let result = mutator.mutate(input, for: target, limit: limit)
    _ = UnsafeMutableBufferPointer(start: data, count: result.count).update(fromContentsOf: result)
    return result.count
}
