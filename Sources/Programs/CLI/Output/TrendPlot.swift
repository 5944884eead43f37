/// Amounts over time as columns of block characters.
struct TrendPlot {
    private static let blocks: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    static let height = 8

    /// Amounts in picos, oldest first.
    let amounts: [Int128]
    /// Columns that the plot may take.
    let width: Int

    /// How many amounts one column sums up, so that all fit.
    var amountsPerColumn: Int { max(1, (amounts.count + width - 1) / max(1, width)) }

    private var columns: [Int128] {
        stride(from: 0, to: amounts.count, by: amountsPerColumn).map { start in
            amounts[start..<min(start + amountsPerColumn, amounts.count)].reduce(0, &+)
        }
    }

    /// The highest column.
    var top: Int128 { max(0, columns.max() ?? 0) }

    /// From the top down. Amounts below zero show as nothing, others above zero at least as a line.
    var lines: [String] {
        let top = self.top
        let steps = Int128(Self.height * 8)
        let levels = columns.map { amount -> Int in
            guard amount > 0, top > 0 else { return 0 }
            // Amounts near the end of the range lose digits that no plot shows.
            let cut: Int128 = top > Int128.max / steps ? steps : 1
            return max(1, Int(amount / cut * steps / (top / cut)))
        }
        return (0..<Self.height).reversed().map { row in
            String(levels.map { Self.blocks[min(8, max(0, $0 - row * 8))] })
        }
    }
}
