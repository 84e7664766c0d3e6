import Foundation
import Testing
import Time
import Wire

/// Real engines, real pipes, real multicast: in network namespaces that the tests make for themselves.
@Suite(
    .enabled("network namespaces are not permitted here") { Namespace.isPermitted }, .serialized,
    .timeLimit(.minutes(3)))
struct LocalNetworkTests {
    private func time(_ line: JSON) -> Int64 {
        line["time"]?.stringValue.flatMap { Timestamp(rfc3339: $0) }?.milliseconds ?? .max
    }

    /// When an engine began, as its log has it.
    private func start(_ log: String?) throws -> Int64 {
        let line = try #require(log?.split(separator: "\n").first { $0.contains(" started ") })
        return try #require(Timestamp(rfc3339: String(line.prefix { $0 != " " }))).milliseconds
    }

    @Test(
        "three shells on one machine: connected in less than two seconds, by name, and they hear each other go",
        arguments: ["--listen /ip4/127.0.0.1/tcp/0", "--lan"])
    func threeShells(_ option: String) throws {
        let names = ["ada", "bob", "cy"]
        let found = try Namespace.run(
            """
            cd $ROOM
            ip link add lan0 type veth peer name lan1
            ip addr add 10.9.0.1/24 dev lan0
            ip link set lan1 up
            ip link set lan0 up
            for name in \(names.joined(separator: " ")); do
                sleep $([ $name = ada ] && echo 3 || echo 4) |
                    $LINNET --ephemeral \(option) --nick $name --log info >$name 2>$name.log &
            done
            wait
            """
        ).files
        let begin = try #require(try names.map { try start(found["\($0).log"]) }.max())
        for name in names {
            func lines(_ type: String) -> [JSON] {
                Namespace.lines(found[name]).filter { $0["type"]?.stringValue == type }
            }
            func nicks(_ type: String) -> [String] { lines(type).compactMap { $0["nick"]?.stringValue } }
            #expect(nicks("peer.discovered").sorted() == names.filter { $0 != name })
            #expect(lines("peer.discovered").allSatisfy { $0["verified"] == .bool(true) })
            #expect(lines("peer.discovered").allSatisfy { option == "--lan" || $0["interface"] == .string("lo") })
            #expect(lines("peer.connected").count == 2, "one connection with each")
            #expect((lines("peer.discovered") + lines("peer.connected")).allSatisfy { time($0) - begin < 2000 })
            #expect(name == "ada" || nicks("peer.expired").contains("ada"))
        }
    }

    @Test("an engine that is told not to look neither finds nor is found; one that only dials does neither")
    func switchedOff() throws {
        let found = try Namespace.run(
            """
            cd $ROOM
            sleep 3 | $LINNET --ephemeral --listen /ip4/127.0.0.1/tcp/0 >open &
            sleep 3 | $LINNET --ephemeral --listen /ip4/127.0.0.1/tcp/0 --discover off >closed &
            sleep 3 | $LINNET --ephemeral >dialer &
            wait
            """
        ).files
        for name in ["open", "closed", "dialer"] {
            let types = Namespace.lines(found[name]).compactMap { $0["type"]?.stringValue }
            #expect(types == ["started", "stopped"], "\(name)")
        }
    }

    @Test("--lan follows the interfaces as they come and go")
    func interfaces() throws {
        let found = try Namespace.run(
            """
            cd $ROOM
            sleep 5 | $LINNET --ephemeral --lan >lines &
            sleep 1.5
            ip link add lan0 type veth peer name lan1
            ip addr add 10.9.0.1/24 dev lan0
            ip link set lan1 up
            ip link set lan0 up
            sleep 1.5
            ip link del lan0
            wait
            """
        ).files
        let lines = Namespace.lines(found["lines"])
        let first = lines.first?["addresses"]?.arrayValue?.compactMap(\.stringValue) ?? []
        #expect(!first.isEmpty && first.allSatisfy { $0.hasPrefix("/ip4/127.") || $0.hasPrefix("/ip6/::1/") })
        let changes = lines.filter { $0["type"]?.stringValue == "net.listening" }.map { line in
            line["addresses"]?.arrayValue?.compactMap(\.stringValue).contains { $0.hasPrefix("/ip4/10.9.0.1/") }
                ?? false
        }
        #expect(changes.first == true)
        #expect(changes.last == false)
    }

    @Test("two machines on a network with IPv6 alone, one of which comes later")
    func version6() throws {
        let found = try Namespace.run(
            """
            cd $ROOM
            mkfifo ready
            unshare --net sh -c '
                read -r _ <ready
                ip link set lo up
                ip addr add fd00::2/64 dev eth0
                ip link set eth0 up
                sleep 5 | $LINNET --ephemeral --lan --nick bob >bob 2>bob.log
            ' &
            while [ "$(readlink /proc/$!/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
            ip link add lan0 type veth peer name eth0 netns $!
            ip addr add fd00::1/64 dev lan0
            ip link set lan0 up
            (sleep 1; echo >ready; sleep 6) | $LINNET --ephemeral --lan --nick ada >ada 2>ada.log
            wait
            rm ready
            """
        ).files
        for (name, other, host) in [("ada", "bob", "fd00::2"), ("bob", "ada", "fd00::1")] {
            let lines = Namespace.lines(found[name])
            let discovered = lines.filter { $0["type"]?.stringValue == "peer.discovered" }
            #expect(discovered.count == 1)
            // On a network that is only just there, the name may come a moment later.
            #expect(lines.compactMap { $0["nick"]?.stringValue }.first == other)
            let addresses = discovered.first?["addresses"]?.arrayValue?.compactMap(\.stringValue) ?? []
            #expect(addresses.count == 1 && addresses.allSatisfy { $0.hasPrefix("/ip6/\(host)/tcp/") })
            #expect(lines.count { $0["type"]?.stringValue == "peer.connected" } == 1)
            // That an address which has just come may not be used for a second is no news.
            #expect(found["\(name).log"] == "")
        }
        let gone = Namespace.lines(found["ada"]).filter { $0["type"]?.stringValue == "peer.expired" }
        #expect(gone.compactMap { $0["nick"]?.stringValue } == ["bob"])
    }

    @Test("the account goes, and so does what others see; it comes back with both")
    func locking() throws {
        let found = try Namespace.run(
            """
            cd $ROOM
            sleep 8 | $LINNET --ephemeral --listen /ip4/127.0.0.1/tcp/0 >seer &
            (
                echo '{"cmd":"account.password","new_passphrase":"correct horse"}'
                sleep 3
                echo '{"cmd":"account.lock"}'
                sleep 1.5
                echo '{"cmd":"account.unlock","passphrase":"correct horse"}'
                sleep 2
            ) | $LINNET --home $ROOM/home --listen /ip4/127.0.0.1/tcp/0 --nick ada >ada &
            wait
            """
        ).files
        let types = Namespace.lines(found["seer"]).compactMap { $0["type"]?.stringValue }
        #expect(types.count { $0 == "peer.discovered" } == 2)
        #expect(types.count { $0 == "peer.expired" } == 2)
    }

    @Test("settings change while it runs: other names, other ways, other interfaces, and back")
    func settings() throws {
        let found = try Namespace.run(
            """
            cd $ROOM
            sleep 10 | $LINNET --ephemeral --listen /ip4/127.0.0.1/tcp/0 --nick bob >seer &
            (
                sleep 1
                echo '{"cmd":"config.set","id":1,"name":"lan","value":true}'
                sleep 1
                echo '{"cmd":"config.set","id":2,"name":"nick","value":"Ada L."}'
                sleep 1.5
                echo '{"cmd":"config.set","id":3,"name":"discover","value":"mdns"}'
                sleep 1.5
                echo '{"cmd":"config.set","id":4,"name":"discover","value":"off"}'
                sleep 1
                echo '{"cmd":"peer.list","id":5,"connected":false}'
                echo '{"cmd":"config.set","id":6,"name":"lan","value":false}'
                sleep 1
            ) | $LINNET --ephemeral --nick ada >ada &
            wait
            """
        ).files
        func told(_ name: String) -> [String] {
            Namespace.lines(found[name]).compactMap { line in
                guard let type = line["type"]?.stringValue, ["peer.discovered", "peer.expired"].contains(type)
                else { return nil }
                return "\(type.dropFirst(5)) \(line["nick"]?.stringValue ?? "-")"
            }
        }
        #expect(told("ada") == ["discovered bob", "expired bob", "discovered -", "expired -"])
        #expect(told("seer").first == "discovered ada")
        #expect(told("seer").last?.hasPrefix("expired") == true)
        let names = Namespace.lines(found["seer"]).filter { $0["type"]?.stringValue == "peer.updated" }
            .compactMap { $0["nick"]?.stringValue }
        #expect(names.contains("Ada L."))
        let ada = Namespace.lines(found["ada"])
        #expect(ada.filter { $0["type"]?.stringValue == "ok" }.count == 6)
        #expect(ada.first { $0["id"] == .integer(5) }?["count"] == .integer(0), "who has expired is not listed")
        let listening = ada.filter { $0["type"]?.stringValue == "net.listening" }
        #expect(listening.last?["addresses"]?.arrayValue?.isEmpty == true)
    }

    @Test("a flood of invented peers, questions and nonsense is bounded and counted; honest ones are found after it")
    func flood() throws {
        let flood = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("flood.py").path
        let found = try Namespace.run(
            """
            cd $ROOM
            ip link add lan0 type veth peer name lan1
            ip addr add 10.9.0.1/24 dev lan0
            ip link set lan1 up
            ip link set lan0 up
            (
                sleep 1.5
                python3 \(flood) lan1 >flooded
                echo '{"cmd":"status","id":1}'
                echo '{"cmd":"stats","id":2}'
                sleep 1
                (sleep 2) | $LINNET --ephemeral --listen /ip4/127.0.0.1/tcp/0 --nick bob >bob
                sleep 0.5
            ) | $LINNET --ephemeral --lan --nick ada >ada
            """
        ).files
        let ada = Namespace.lines(found["ada"])
        let status = try #require(ada.first { $0["id"] == .integer(1) })
        let stats = try #require(ada.first { $0["id"] == .integer(2) })
        func count(_ name: String) -> Int64 { stats[name]?.integerValue ?? -1 }
        let sent = try #require(found["flooded"].flatMap { Int64($0.filter(\.isNumber)) })
        // On a busy machine most of it never gets past the socket.
        #expect(count("discovery_in_count") > 600, "of \(sent)")
        #expect(1...256 ~= status["discovered_count"]?.integerValue ?? 0)
        let admitted = 768 + 256 * (count("uptime_ms") / 1000 + 1)
        #expect(count("discovery_limited_count") >= count("discovery_in_count") - admitted)
        #expect(count("discovery_malformed_count") > 0)
        #expect(count("discovery_refused_count") > 0)
        #expect(count("discovery_out_count") < 200)
        #expect(count("dials_failed") < 64)
        #expect(count("memory") < 100 << 20)
        #expect(Namespace.lines(found["bob"]).contains { $0["nick"]?.stringValue == "ada" })
        #expect(ada.contains { $0["type"]?.stringValue == "peer.discovered" && $0["nick"]?.stringValue == "bob" })
    }

    @Test("another machine's address changes, and its power goes: messages arrive soon after it is back")
    func lostMachine() throws {
        let found = try Namespace.run(
            """
            cd $ROOM
            mkfifo ready say
            now() { echo $(($(date +%s%N) / 1000000)); }
            unshare --net sh -c '
                now() { echo $(($(date +%s%N) / 1000000)); }
                read -r _ <ready
                ip link set lo up
                ip addr add 10.9.0.2/24 dev eth0
                ip link set eth0 up
                sleep 60 | $LINNET --home $ROOM/b --lan >bob 2>bob.log &
                while ! grep -q peer.connected bob 2>>errors; do sleep 0.1; done
                sleep 3
                echo "moving" >say
                ip addr del 10.9.0.2/24 dev eth0
                sleep 0.5
                ip addr add 10.9.0.3/24 dev eth0
                now >moved
                while ! grep -q moving bob; do sleep 0.1; done
                sleep 3
                engine=$(pgrep -f "linnet --home $ROOM/b --lan")
                kill -STOP $engine
                echo "dead" >say
                sleep 2
                mkdir -p $ROOM/c/default
                cp $ROOM/b/default/vault $ROOM/c/default/vault
                sleep 30 | $LINNET --home $ROOM/c --lan >again 2>again.log &
                now >returned
                n=0
                while ! grep -q dead again && [ $n -lt 250 ]; do sleep 0.1; n=$((n + 1)); done
                kill -KILL $engine
                pkill -KILL -P $$
                echo end >say
            ' &
            while [ "$(readlink /proc/$!/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
            ip link add lan0 type veth peer name eth0 netns $!
            ip addr add 10.9.0.1/24 dev lan0
            ip link set lan0 up
            echo >ready
            (
                while read -r text <say && [ "$text" != end ]; do
                    bob=$(sed -n 's/.*"started",.*"peer":"\\([^"]*\\)".*/\\1/p' bob)
                    echo '{"cmd":"message.send","to":"'$bob'","text":"'$text'","wait":"delivered","id":"'$text'"}'
                done
            ) | $LINNET --home $ROOM/a --lan >alice 2>alice.log
            rm ready say
            rm -r a b c
            """
        ).files
        let alice = Namespace.lines(found["alice"])
        for (text, since) in [("moving", "moved"), ("dead", "returned")] {
            let begin = try #require(found[since].flatMap { Int64($0.filter(\.isNumber)) })
            let answer = alice.first { $0["id"]?.stringValue == text }
            let message = try #require(answer?["message"]?.stringValue, "\(text): \(String(describing: answer))")
            let delivered = try #require(
                alice.first {
                    $0["type"]?.stringValue == "message.delivered" && $0["message"]?.stringValue == message
                })
            // About one second; giving up a connection without a word takes more than a minute.
            #expect(time(delivered) - begin < 15_000, "\(text)")
        }
    }

    @Test("doctor tells where multicast works, and where it does not")
    func doctor() throws {
        let found = try Namespace.run(
            """
            cd $ROOM
            ip link add lan0 type veth peer name lan1
            ip addr add 10.9.0.1/24 dev lan0
            ip link set lan0 up multicast off
            $LINNET --ephemeral --lan doctor --json >lan
            $LINNET --ephemeral --listen /ip4/127.0.0.1/tcp/0 doctor --json >loopback
            $LINNET --ephemeral doctor --json >dialer
            """
        ).files
        func told(_ name: String) -> [String] {
            Namespace.lines(found[name]).filter { $0["check"]?.stringValue == "discovery" }.map { line in
                "\(line["state"]?.stringValue ?? "-"): \(line["text"]?.stringValue ?? "-")"
            }
        }
        #expect(told("lan") == ["ok: multicast works on lo", "warning: lan0 carries no multicast"])
        #expect(told("loopback") == ["ok: multicast works on lo"])
        #expect(told("dialer") == ["ok: this engine listens on no interface; --lan listens on all of them"])
    }

    @Test("three machines on one network, where nobody types an address, talk in a group: Examples/lan-demo.sh")
    func demo() throws {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let demo = tests.deletingLastPathComponent().appendingPathComponent("Examples/lan-demo.sh").path
        let (output, _, status) = try Namespace.run("exec \(demo)")
        #expect(status == 0)
        let lines = output.split(separator: "\n").map(String.init)
        for name in ["alice", "bob", "carol"] {
            for other in ["alice", "bob", "carol"] where other != name {
                let seen = lines.compactMap {
                    $0.wholeMatch(of: /(\w+): sees (\w+) at \/ip4\/10\.7\.0\..* after (\d+) ms/)
                }
                .filter { $0.1 == name && $0.2 == other }
                #expect(seen.count == 1)
                #expect(seen.allSatisfy { Int($0.3).map { $0 < 2000 } == true }, "\(name) sees \(other) in time")
            }
            guard name != "alice" else { continue }
            // As by the end of her id, if her invite was there before her name.
            #expect(lines.contains { $0.hasPrefix("\(name): is invited by ") && $0.hasSuffix(" to the group lan") })
            #expect(lines.contains("alice: sees \(name) come into #lan"))
        }
        for line in [
            ##"bob: hears alice say "hello, this is alice" in #lan"##,
            ##"carol: hears alice say "hello, this is alice" in #lan"##,
            ##"alice: hears bob say "hi alice, bob here" in #lan"##,
            ##"carol: hears bob say "hi alice, bob here" in #lan"##,
            "alice: sees that carol has gone", "bob: sees that carol has gone", "alice: sees that bob has gone",
        ] {
            #expect(lines.contains(line))
        }
    }
}
