import Foundation
import Testing
import Wire

/// What the system refuses on the local network is a warning, and is tried again.
@Suite(
    .enabled("network namespaces are not permitted here") { Namespace.isPermitted }, .serialized,
    .timeLimit(.minutes(3)))
struct NetworkTroubleTests {
    private func warnings(_ lines: [JSON]) -> [String] {
        lines.filter { $0["type"]?.stringValue == "warning" }.compactMap { $0["text"]?.stringValue }
    }

    @Test("a port that another program has for itself is named, and used once it is free")
    func busyPort() throws {
        let found = try Namespace.run(
            """
            cd $ROOM
            mkfifo busy
            python3 -c '
            import socket, time
            held = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            held.bind(("", 7173))
            open("busy", "w").close()
            time.sleep(4)
            ' &
            read -r _ <busy || true
            for name in ada bob; do
                sleep 14 | $LINNET --ephemeral --listen /ip4/127.0.0.1/tcp/0 --discover gigi --nick $name \
                    --log info >$name 2>$name.log &
            done
            wait
            """
        ).files
        for name in ["ada", "bob"] {
            let lines = Namespace.lines(found[name])
            let told = warnings(lines)
            #expect(told.count == 1, "\(told)")
            #expect(told.first?.contains("gigi-dns") == true && told.first?.contains("UDP port 7173") == true)
            let types = lines.compactMap { $0["type"]?.stringValue }
            #expect(types.first == "started" && types.contains("peer.discovered"), "\(types)")
            #expect(found[name + ".log"]?.contains("works again") == true)
        }
    }

    @Test("a sandbox without netlink is named; addresses and peers are found all the same")
    func noNetlink() throws {
        let refuse = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("refuse.py")
            .path
        let found = try Namespace.run(
            """
            cd $ROOM
            ip link add lan0 type veth peer name lan1
            ip addr add 10.9.0.1/24 dev lan0
            ip link set lan1 up
            ip link set lan0 up
            sleep 8 | python3 \(refuse) AF_NETLINK $LINNET --ephemeral --lan --nick ada >ada 2>ada.log &
            sleep 8 | $LINNET --ephemeral --lan --nick bob >bob 2>bob.log &
            sleep 1
            ip addr add 10.8.0.1/24 dev lan0
            python3 \(refuse) AF_NETLINK $LINNET --ephemeral --lan doctor >doctor 2>doctor.log
            wait
            """
        ).files
        let lines = Namespace.lines(found["ada"])
        let told = warnings(lines)
        #expect(told.count == 1 && told.first?.contains("AF_NETLINK") == true, "\(told)")
        func addresses(_ line: JSON?) -> [String] {
            line?["addresses"]?.arrayValue?.compactMap(\.stringValue) ?? []
        }
        #expect(addresses(lines.first).contains { $0.hasPrefix("/ip4/10.9.0.1/") })
        #expect(lines.contains { $0["type"]?.stringValue == "peer.discovered" })
        // Noticed by looking, some seconds late.
        let listening = lines.last { $0["type"]?.stringValue == "net.listening" }
        #expect(addresses(listening).contains { $0.hasPrefix("/ip4/10.8.0.1/") })
        #expect(warnings(Namespace.lines(found["bob"])).isEmpty)
        #expect(found["doctor"]?.contains("AF_NETLINK") == true)
    }
}
