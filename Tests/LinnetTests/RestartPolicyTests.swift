import Reactor
import Testing

@testable import linnet

@Suite struct RestartPolicyTests {
    @Test(arguments: [
        (RestartPolicy.never, false, false, false), (.onFailure, false, true, true), (.always, true, true, true),
    ])
    func restarts(_ policy: RestartPolicy, _ success: Bool, _ failure: Bool, _ signal: Bool) {
        #expect(policy.restarts(after: .exited(0)) == success)
        #expect(policy.restarts(after: .exited(1)) == failure)
        #expect(policy.restarts(after: .signaled(.kill)) == signal)
    }

    @Test func delaysGrow() {
        var backoff = Backoff()
        let delays = (0..<9).map { _ in backoff.delay(afterRunning: .zero) }
        #expect(delays == [1, 2, 4, 8, 16, 32, 60, 60, 60].map { .seconds($0) })
        #expect(backoff.delay(afterRunning: .seconds(59)) == .seconds(60))
        #expect(backoff.delay(afterRunning: .seconds(60)) == .seconds(1))
        #expect(backoff.delay(afterRunning: .zero) == .seconds(2))
    }
}
