/// One ingestion of one input, from its checkpoint to its end.
struct IngestJob {
    let input: InputFile
    let format: EventFormat
    /// Nil where the input cannot be gone on with.
    let checkpointFile: CheckpointFile?
    let batchEventCountMax: Int
    let isTerminal: Bool

    /// - Throws: `Failure` and what the sender throws; the checkpoint then says how far it came.
    func run(
        _ sender: any EventSender, patience: Duration, pace: PatientSender.Pace = .real,
        write: @escaping @Sendable (String) -> Void = { StandardError.draw($0) }
    ) async throws -> IngestSummary {
        let started = pace.now()
        let before = try start(write)
        var display = IngestDisplay(
            byteCount: input.byteCount, isTerminal: isTerminal, now: started, write: write)
        let patient = PatientSender(
            base: sender, patience: patience, pace: pace, waiting: waiting(patience, pace, write))
        let reader = try reader(from: before)
        var checkpointFile = checkpointFile
        let tally: IngestTally
        do {
            var run = IngestRun(
                source: input, reader: reader, sender: patient, from: before,
                batchEventCountMax: batchEventCountMax
            ) { advance in
                display.advanced(advance, now: pace.now())
                guard advance.isFurther, let file = checkpointFile else { return }
                do {
                    try file.save(advance.progress, of: input, format)
                } catch let failure as Failure where !file.isAskedFor {
                    write(
                        Self.line("\(failure.problem) An interrupted run will begin at the top."))
                    checkpointFile = nil
                }
            }
            tally = try await run.run()
            display.clear()
        } catch {
            display.clear()
            throw Self.failure(error)
        }
        try checkpointFile?.remove()
        return IngestSummary(
            tally: tally, before: before, elapsed: started.duration(to: pace.now()))
    }

    /// Where to begin, the input standing there.
    private func start(_ write: (String) -> Void) throws -> IngestProgress {
        guard let checkpointFile else { return IngestProgress() }
        let before: IngestProgress
        switch try checkpointFile.load(for: input, format) {
        case .none: return IngestProgress()
        case .ofAnotherInput:
            write(
                Self.line("\(checkpointFile.path) belongs to another input: beginning at the top."))
            return IngestProgress()
        case .progress(let progress): before = progress
        }
        try input.seek(to: before.position.offset)
        write(
            Self.line(
                "Going on at line \(before.position.line): the lines before are acknowledged "
                    + "(\(checkpointFile.path))."))
        return before
    }

    private func reader(from progress: IngestProgress) throws -> EventReader {
        guard progress.position.offset > 0 else { return EventReader(format: format) }
        do {
            return try EventReader(format: format, at: progress.position, top: try input.top())
        } catch {
            throw Self.failure(error)
        }
    }

    private func waiting(
        _ patience: Duration, _ pace: PatientSender.Pace,
        _ write: @escaping @Sendable (String) -> Void
    ) -> @Sendable (any Error) -> Void {
        let rarely = Rarely(every: .seconds(5))
        let clear = isTerminal ? IngestDisplay.clearLine : ""
        return { error in
            guard rarely.isDue(pace.now()) else { return }
            let text = Self.line("No answer (\(error)); trying again for up to \(patience).")
            write(clear + text)
        }
    }

    /// A line without what a terminal obeys, since the bar, which it does, is written as it is: a server, or a
    /// path, is quoted.
    private static func line(_ text: String) -> String {
        Table.printable(text) + "\n"
    }

    /// A wrong header is the only problem that stops a run.
    private static func failure(_ error: any Error) -> any Error {
        guard let problem = error as? EventProblem else { return error }
        return Failure(
            "The header is wrong: \(problem.reason).",
            field: problem.field.isEmpty ? nil : problem.field, remedy: problem.remedy)
    }
}
