/// A first-in first-out queue that takes no more than `limit` elements.
struct BoundedQueue<Element> {
    private let limit: Int
    private var elements: ContiguousArray<Element> = []
    private var head = 0

    init(limit: Int) { self.limit = limit }

    var count: Int { elements.count - head }
    var isEmpty: Bool { head == elements.count }

    /// False when the queue is full and the element was not taken.
    mutating func append(_ element: Element) -> Bool {
        guard count < limit else { return false }
        if head > 0 && elements.count == 2 * limit {
            elements.removeSubrange(..<head)
            head = 0
        }
        elements.append(element)
        return true
    }

    mutating func popFirst() -> Element? {
        guard head < elements.count else { return nil }
        let element = elements[head]
        head += 1
        if head == elements.count { removeAll() }
        return element
    }

    mutating func removeAll() {
        elements.removeAll(keepingCapacity: true)
        head = 0
    }
}
