@main
struct GeneratorMain {
    static func main() {}
}
