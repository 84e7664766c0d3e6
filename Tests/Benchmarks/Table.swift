import Foundation

/// One measured figure.
struct Row {
    let name: String
    let value: String
    let aim: String
    let note: String

    init(_ name: String, _ value: String, aim: String = "", note: String = "") {
        self.name = name
        self.value = value
        self.aim = aim
        self.note = note
    }
}

/// Prints rows as they come, so that an interrupted run still leaves its figures.
enum Table {
    static func head() {
        line("figure", "here", "aim", "how")
        line("------", "----", "---", "---")
    }

    static func add(_ row: Row) {
        line(row.name, row.value, row.aim, row.note)
    }

    private static func line(_ name: String, _ value: String, _ aim: String, _ note: String) {
        print(pad(name, 36) + pad(value, 26) + pad(aim, 16) + note)
        fflush(nil)
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        text.count < width ? text + String(repeating: " ", count: width - text.count) : text + " "
    }
}

extension Double {
    /// The number as people read it: thousands grouped, decimals only where they matter.
    var figure: String {
        if self >= 100 {
            var digits = String(Int(rounded()))
            var grouped = ""
            while digits.count > 3 {
                grouped = "," + digits.suffix(3) + grouped
                digits = String(digits.dropLast(3))
            }
            return digits + grouped
        }
        return String((self * 100).rounded() / 100)
    }
}

extension [Double] {
    /// The value below which `share` (0...1) of the samples lie; 0 without samples.
    func quantile(_ share: Double) -> Double {
        let ordered = sorted()
        guard !ordered.isEmpty else { return 0 }
        return ordered[Swift.min(ordered.count - 1, Int(Double(ordered.count) * share))]
    }

    var median: Double { quantile(0.5) }
}
