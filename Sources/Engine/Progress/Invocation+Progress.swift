import Reactor
import Time

extension Invocation {
    /// Tells how far the command is, if it is time to; unless the reader has so much before it that it had better wait
    /// for the answer. May be called as often as one likes.
    func progress(_ done: Int64, of total: Int64? = nil, phase: String? = nil, now: Instant) {
        var meter = meter ?? ProgressMeter(start: now)
        let progress = meter.advance(to: done, of: total, phase: phase, now: now)
        self.meter = meter
        guard let progress, !isAnswered, !isReaderBehind else { return }
        let fields = spec.progress
        write("progress", fields) { line in
            for field in fields {
                switch field.name {
                case "done": line.integer(field, progress.done)
                case "total": line.integer(field, progress.total)
                case "rate": line.number(field, progress.rate?.rounded())
                case "eta_ms": line.integer(field, progress.remaining?.millisecondsClamped)
                case "phase": line.string(field, progress.phase)
                default: break
                }
            }
        }
    }
}
