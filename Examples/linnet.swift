// Drives linnet from Swift: copy the class, and keep what you need.
//
// As a program it sends a text, waits until the peer has it, and prints the first answer:
//     swiftc -parse-as-library Examples/linnet.swift -o talk && ./talk TO TEXT [OPTION OF LINNET ...]
// LINNET names the program (default: the one on the PATH).
import Foundation

/// An engine in a subprocess, for a program that does one thing after the other.
final class Linnet {
    typealias Line = [String: Any]

    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var rest = Data()
    private var lastID = 0
    /// Events that came while a command waited for its answer.
    private var events: [Line] = []

    init(_ options: [String]) throws {
        let program = ProcessInfo.processInfo.environment["LINNET"] ?? "linnet"
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + options
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    /// Gives a command, and returns its answer: `ok` or `error`. Items go to `item`.
    func call(_ command: String, _ fields: Line, item: (Line) -> Void = { _ in }) throws -> Line? {
        lastID += 1
        let line = fields.merging(["cmd": command, "id": lastID]) { $1 }
        try input.fileHandleForWriting.write(contentsOf: JSONSerialization.data(withJSONObject: line) + [10])
        while let line = try next() {
            guard line["id"] as? Int == lastID else {
                events.append(line)
                continue
            }
            let type = line["type"] as? String
            if type == "ok" || type == "error" { return line }
            item(line)
        }
        return nil
    }

    /// The next event of a type; nil when the engine has ended.
    func event(_ type: String) throws -> Line? {
        while let event = try events.isEmpty ? next() : events.removeFirst() {
            if event["type"] as? String == type { return event }
        }
        return nil
    }

    /// Ends the input: the engine finishes what was asked, and goes.
    func close() throws {
        try input.fileHandleForWriting.close()
        while try next() != nil {}
        process.waitUntilExit()
    }

    private func next() throws -> Line? {
        while true {
            if let end = rest.firstIndex(of: 10) {
                let line = rest[rest.startIndex..<end]
                rest = rest[rest.index(after: end)...]
                return try JSONSerialization.jsonObject(with: line) as? Line
            }
            let more = output.fileHandleForReading.availableData
            if more.isEmpty { return nil }
            rest += more
        }
    }
}

@main enum Talk {
    static func main() throws {
        let words = CommandLine.arguments.dropFirst()
        guard words.count >= 2, let to = words.first, let text = words.dropFirst().first else {
            FileHandle.standardError.write(Data("usage: talk TO TEXT [OPTION OF LINNET ...]\n".utf8))
            exit(64)
        }
        let linnet = try Linnet(Array(words.dropFirst(2)))
        let answer = try linnet.call("message.send", ["to": to, "text": text, "wait": "delivered"])
        guard answer?["type"] as? String == "ok" else {
            print(answer?["text"] ?? "the engine has ended")
            try linnet.close()
            exit(1)
        }
        print(answer?["state"] ?? "?")
        print(try linnet.event("message")?["text"] ?? "no answer")
        try linnet.close()
    }
}
