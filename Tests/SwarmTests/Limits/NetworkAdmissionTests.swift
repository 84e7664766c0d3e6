import Reactor
import Testing
import Time

@testable import Swarm

@Suite("Admission by network")
struct NetworkAdmissionTests {
    private let start = Instant(nanoseconds: 1_000_000_000_000)

    private func ip(_ text: String) throws -> IPAddress { try #require(IPAddress(text)) }

    private func refusal(_ admission: inout NetworkAdmission, _ text: String, _ now: Instant) throws -> LimitExceeded? {
        let ip = try ip(text)
        do throws(LimitExceeded) {
            try admission.admit(ip, now: now)
            return nil
        } catch {
            return error
        }
    }

    @Test("8 connections at once from one IPv4 address")
    func perAddress() throws {
        var admission = NetworkAdmission(limits: NetworkLimits())
        for _ in 0..<8 { #expect(try refusal(&admission, "192.0.2.1", start) == nil) }
        let refused = try #require(try refusal(&admission, "192.0.2.1", start))
        #expect(
            refused
                == LimitExceeded(
                    scope: .network("192.0.2.1/32"), resource: .inboundConnections, limit: 8, current: 8))
        #expect(
            refused.description
                == "resource limit exceeded: scope network 192.0.2.1/32 allows 8 inbound connections, 8 in use")
        #expect(try refusal(&admission, "192.0.2.2", start) == nil)
        admission.release(try ip("192.0.2.1"))
        #expect(try refusal(&admission, "192.0.2.1", start) == nil)
    }

    @Test("16 new ones at once, then one in 5 seconds")
    func rate() throws {
        var admission = NetworkAdmission(limits: NetworkLimits())
        for _ in 0..<16 {
            #expect(try refusal(&admission, "192.0.2.1", start) == nil)
            admission.release(try ip("192.0.2.1"))
        }
        #expect(try refusal(&admission, "192.0.2.1", start)?.resource == .connectionRate)
        #expect(try refusal(&admission, "192.0.2.1", start + .seconds(4))?.resource == .connectionRate)
        #expect(try refusal(&admission, "192.0.2.1", start + .seconds(5)) == nil)
    }

    @Test("IPv6: 8 in a /56, 64 in a /48")
    func ipv6() throws {
        var admission = NetworkAdmission(limits: NetworkLimits())
        for host in 1...8 { #expect(try refusal(&admission, "2001:db8::\(host)", start) == nil) }
        #expect(try refusal(&admission, "2001:db8::99", start)?.scope == .network("2001:db8::/56"))
        for site in 1...7 {
            for host in 1...8 { #expect(try refusal(&admission, "2001:db8:0:\(site)00::\(host)", start) == nil) }
        }
        #expect(try refusal(&admission, "2001:db8:0:800::1", start)?.scope == .network("2001:db8::/48"))
        #expect(try refusal(&admission, "2001:db8:1::1", start) == nil)
    }

    @Test("loopback is never limited, an IPv4-mapped address counts as IPv4")
    func special() throws {
        var admission = NetworkAdmission(limits: NetworkLimits())
        for _ in 0..<1000 {
            #expect(try refusal(&admission, "127.0.0.1", start) == nil)
            #expect(try refusal(&admission, "::1", start) == nil)
        }
        for _ in 0..<8 { #expect(try refusal(&admission, "::ffff:192.0.2.1", start) == nil) }
        #expect(try refusal(&admission, "192.0.2.1", start) != nil)
    }

    @Test("an attacker with many addresses does not take our memory")
    func bounded() throws {
        var admission = NetworkAdmission(limits: NetworkLimits())
        var refused = 0
        for number in 0..<40_000 {
            let address = "10.\(number >> 16).\(number >> 8 & 255).\(number & 255)"
            if try refusal(&admission, address, start) != nil { refused += 1 }
        }
        #expect(refused == 40_000 - NetworkAdmission.maximumPrefixes)
    }

    @Test("prefixes as text")
    func prefixes() throws {
        let prefix = try #require(NetworkPrefix("192.168.77.9/16"))
        #expect(prefix.description == "192.168.0.0/16")
        #expect(prefix.contains(try ip("192.168.1.1")))
        #expect(prefix.contains(try ip("::ffff:192.168.1.1")))
        #expect(!prefix.contains(try ip("192.169.1.1")))
        #expect(NetworkPrefix("2001:db8::1")?.length == 128)
        #expect(NetworkPrefix("0.0.0.0/0")?.contains(try ip("8.8.8.8")) == true)
        for wrong in ["", "/8", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/x", "1.2.3/8", "::/129"] {
            #expect(NetworkPrefix(wrong) == nil)
        }
    }
}
