import Testing

@testable import Yamux

extension Endpoint {
    /// Every count agrees with what it counts, and every bound holds.
    func checkInvariants(_ comment: @autoclosure () -> String = "") {
        let streams = self.streams.filter { $0.id != 0 }
        let configuration = session.configuration
        var violations: [String] = []
        func expect(_ condition: Bool, _ text: String) { if !condition { violations.append(text) } }

        expect(streams.count == streamCount, "stream count")
        expect(streams.count { $0.isInbound } == inboundStreamCount, "inbound count")
        expect(streams.count { $0.awaitsPeer } == unacknowledgedCount, "unacknowledged count")
        expect(streams.count { $0.awaitsOwner } == unacceptedCount, "unaccepted count")
        expect(unacknowledgedCount <= configuration.acknowledgementBacklog, "acknowledgement backlog")
        expect(unacceptedCount <= configuration.acceptBacklog, "accept backlog")
        expect(inboundStreamCount <= configuration.maximumInboundStreams, "inbound limit")
        expect(pendingPongs <= 32 && session.refusals.count <= 256, "control output")
        let growth = streams.reduce(0) { $0 + $1.receiveWindow.growth }
        expect(windowBudget + growth == configuration.windowBudget, "window budget")
        for stream in streams {
            let window = stream.receiveWindow
            expect(Int(window.available) + stream.inbound.count <= Int(window.size), "window of \(stream.id)")
            expect(window.size <= configuration.maximumWindow, "window size of \(stream.id)")
            expect(!stream.isForgotten || stream.inbound.isEmpty, "unread bytes of \(stream.id), which is forgotten")
        }
        #expect(violations.isEmpty, "\(comment())")
    }
}
