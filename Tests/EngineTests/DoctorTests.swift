import Reactor
import Testing
import Time

@testable import Engine

@Suite struct DoctorTests {
    @Test @NetworkActor func rooms() {
        let enough = Doctor.disk("/x", bytes: 1 << 40, files: 1000)
        #expect(enough == .ok(.disk, "1048576 MiB are free in /x"))
        #expect(Doctor.disk("/x", bytes: 1 << 40, files: nil).state == .ok)
        #expect(Doctor.disk("/x", bytes: 255 << 20, files: 1).state == .warning)
        #expect(Doctor.disk("/x", bytes: 15 << 20, files: 1).state == .broken)
        #expect(Doctor.disk("/x", bytes: 15 << 20, files: 1).exit == .storage)
        #expect(Doctor.disk("/x", bytes: 1 << 40, files: 0).message.contains("inodes"))
    }

    @Test @NetworkActor func clocks() throws {
        let released = LinnetVersion.released
        #expect(Doctor.clock(released).state == .ok)
        #expect(Doctor.clock(released - .milliseconds(1)).state == .broken)
        #expect(Doctor.clock(released + .seconds(10 * 366 * 86_400)).state == .ok)
        #expect(Doctor.clock(released + .seconds(30 * 366 * 86_400)).state == .warning)
    }

    /// The date of the manual is that of the clock check.
    @Test func releaseHasOneDate() {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November", "December",
        ]
        let parts = LinnetVersion.released.rfc3339.prefix(10).split(separator: "-").compactMap { Int($0) }
        #expect(parts.count == 3)
        #expect(LinnetVersion.date == "\(months[parts[1] - 1]) \(parts[2]), \(parts[0])")
    }

    @Test @NetworkActor func descriptors() {
        #expect(Doctor.descriptors(1024, connections: 240).state == .ok)
        #expect(Doctor.descriptors(256, connections: 240).state == .warning)
        #expect(Doctor.descriptors(.max, connections: 240).message == "any number of open files")
        #expect(Doctor.descriptors(1 << 20, connections: .max).state == .warning)
    }

    @Test func reports() {
        let findings: [Finding] = [
            .ok(.clock, "now"), .warning(.disk, "little\u{1B}[2J", "free some"),
            .broken(.store, "gone", "find it", exit: .storage), .broken(.key, "none", "look"),
        ]
        #expect(findings.exit == .storage)
        #expect([Finding.ok(.clock, "now")].exit == .success)
        #expect(
            findings.text == """
                ok       clock        now
                warning  disk         little\\u001b[2J
                                      free some
                broken   store        gone
                                      find it
                broken   key          none
                                      look

                2 broken, 1 warning.

                """)
        let lines = String(decoding: findings.lines, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines.last == #"{"type":"ok","cmd":"doctor","count":4,"warnings":1,"broken_count":2}"#)
    }
}
