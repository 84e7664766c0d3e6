// `Float16` does not exist on every platform that Swift runs on, so the sixteen bits are taken apart here.
extension Double {
    /// The value of an IEEE 754 half-precision number.
    init(halfBits bits: UInt16) {
        let sign: Double = bits & 0x8000 == 0 ? 1 : -1
        let exponent = Int(bits >> 10 & 0x1f)
        let fraction = Double(bits & 0x3ff)
        switch exponent {
        case 0: self = sign * fraction * 0x1p-24
        case 0x1f: self = fraction == 0 ? sign * .infinity : .nan
        default: self = sign * (fraction + 1024) * Double(sign: .plus, exponent: exponent - 25, significand: 1)
        }
    }

    /// The value as a half-precision number; nil if it does not fit exactly, or is no number.
    var halfBits: UInt16? {
        let sign: UInt16 = self.sign == .minus ? 0x8000 : 0
        if isInfinite { return sign | 0x7c00 }
        // In units of the smallest subnormal, 2^-24.
        let scaled = magnitude * 0x1p24
        // NaN is not less than anything. `UInt64(exactly:)` would ask for the C library's rounding functions, which
        // nothing below links.
        guard scaled < 0x1p40 else { return nil }
        let units = UInt64(scaled)
        guard Double(units) == scaled else { return nil }
        if units < 1024 { return sign | UInt16(units) }
        let exponent = UInt64.bitWidth - 1 - units.leadingZeroBitCount
        let shift = UInt64(exponent - 10)
        guard units & ((1 << shift) - 1) == 0 else { return nil }
        return sign | UInt16(exponent - 9) << 10 | UInt16((units >> shift) & 0x3ff)
    }
}
