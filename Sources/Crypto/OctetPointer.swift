extension UnsafeRawBufferPointer {
    /// The address of bytes whose number the caller has checked to be more than none.
    var octets: UnsafePointer<UInt8> {
        guard let start = bindMemory(to: UInt8.self).baseAddress else { preconditionFailure("no bytes") }
        return start
    }
}

extension UnsafeMutableRawBufferPointer {
    /// The address of room whose size the caller has checked to be more than none.
    var octets: UnsafeMutablePointer<UInt8> {
        guard let start = bindMemory(to: UInt8.self).baseAddress else { preconditionFailure("no room") }
        return start
    }
}
