// swift-tools-version: 6.2
import PackageDescription

/// Every Swift target is built the same way: Swift 6, complete concurrency checking, explicit
/// `unsafe`, no warning left standing.
let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
]

/// Modules whose loops touch every byte or token: optimised in debug builds too, so that tests may
/// use real models and real documents.
let fast: [SwiftSetting] = strict + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// C is compiled with optimisation in debug builds as well (`-O0` kernels are 27 to 140 times slower).
let fastC: [CSetting] = [.unsafeFlags(["-O3"])]

// The dependencies of a target are a promise about its imports: the Makefile builds with
// `--explicit-target-dependency-import-check=error`, so an arrow missing here does not compile.
//
//   documents:  Documents ← Ingest, Contexts ← Outputs      queue: SQLite ← Jobs
//   arithmetic: Kernels ← Inference                         roof:  Pipelines ← docket
//   writing:    Constraints, Inference ← Generation
let package = Package(
  name: "docket",
  products: [
    .executable(name: "docket", targets: ["docket"]),
    .executable(name: "docket-bench", targets: ["Benchmarks"]),
    // To be preloaded by tests, so a file of its own.
    .library(name: "PowerLoss", type: .dynamic, targets: ["PowerLoss"]),
  ],
  targets: [
    // C libraries of Debian: a module map and a shim header each.
    .systemLibrary(
      name: "CPoppler", pkgConfig: "poppler-glib", providers: [.apt(["libpoppler-glib-dev"])]),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CLibZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    // Files reach poppler through GIO, and pictures are compressed by zlib, neither of which
    // poppler-glib's pkg-config names; its development package brings both. What is exported stands
    // before poppler's own (Drawing.c).
    .target(
      name: "PopplerShim", dependencies: ["CPoppler"], cSettings: fastC,
      linkerSettings: [
        .linkedLibrary("gio-2.0"), .linkedLibrary("z"),
        .unsafeFlags(
          [
            "cmsCreateTransform", "_ZN3Gfx10opShowTextEP6Objecti",
            "_ZN3Gfx15opShowSpaceTextEP6Objecti", "_ZN3Gfx14opMoveShowTextEP6Objecti",
            "_ZN3Gfx17opMoveSetShowTextEP6Objecti",
          ].flatMap { ["-Xlinker", "--export-dynamic-symbol=\($0)"] }),
      ]),
    .target(name: "CKernels", cSettings: fastC),
    .target(name: "CDigests", cSettings: fastC),

    // Leaves.
    .target(name: "JSON", swiftSettings: fast),
    .target(name: "Digests", dependencies: ["CDigests"], swiftSettings: fast),
    .target(name: "Schedules", swiftSettings: strict),
    .target(name: "Chat", dependencies: ["JSON"], swiftSettings: strict),
    .target(name: "Endpoints", dependencies: ["Chat", "JSON"], swiftSettings: strict),

    // Documents.
    .target(name: "Documents", swiftSettings: fast),
    .target(
      name: "Ingest", dependencies: ["Documents", "PopplerShim", "CLibXML2", "CLibZip"],
      swiftSettings: fast),
    .target(name: "Tokenization", dependencies: ["JSON"], swiftSettings: fast),
    .target(name: "Contexts", dependencies: ["Documents", "Tokenization"], swiftSettings: fast),
    .target(name: "Constraints", dependencies: ["JSON", "Tokenization"], swiftSettings: fast),
    .target(
      name: "Outputs", dependencies: ["Contexts", "Documents", "JSON", "Digests"],
      resources: [.copy("Rankers"), .embedInCode("Report/Page")], swiftSettings: fast),

    // Queue.
    .target(name: "SQLite", dependencies: ["CSQLite"], swiftSettings: strict),
    .target(name: "Jobs", dependencies: ["SQLite"], swiftSettings: strict),

    // Arithmetic.
    .target(name: "Kernels", dependencies: ["CKernels", "COpenBLAS"], swiftSettings: fast),
    .target(
      name: "Inference", dependencies: ["Kernels", "Tokenization", "JSON", "Digests"],
      resources: [.embedInCode("Cost/Published")], swiftSettings: fast),
    .target(name: "Training", dependencies: ["Documents", "Outputs"], swiftSettings: fast),
    .target(
      name: "Generation", dependencies: ["Constraints", "Inference", "JSON", "Tokenization"],
      swiftSettings: fast),
    .target(
      name: "DefaultReader", resources: [.copy("Resources/reader-v0")], swiftSettings: strict),

    // The roof and the tools.
    .target(
      name: "Pipelines",
      dependencies: [
        "Chat", "Constraints", "Contexts", "DefaultReader", "Digests", "Documents", "Endpoints",
        "Generation", "Inference", "Ingest", "JSON", "Jobs", "Outputs", "Schedules", "SQLite",
        "Tokenization",
      ], exclude: ["Expressions/Language.md"],
      // The declarations of Pipelines/, which `docket init` writes: a link, so that there is one copy.
      resources: [.embedInCode("Shipped")], swiftSettings: strict),
    .executableTarget(
      name: "docket",
      dependencies: [
        "DefaultReader", "Documents", "Inference", "Ingest", "JSON", "Jobs", "Outputs", "Pipelines",
        "SQLite", "Schedules", "Tokenization",
      ],
      swiftSettings: strict),
    .executableTarget(
      name: "Benchmarks",
      dependencies: [
        "Constraints", "Contexts", "DefaultReader", "Digests", "Documents", "Generation",
        "Inference", "Ingest", "JSON", "Jobs", "Kernels", "Outputs", "Pipelines", "SQLite",
        "Tokenization", "Training",
      ], swiftSettings: fast),

    // Tests: one target a module.
    .target(
      name: "TestSupport", dependencies: ["JSON"], path: "Tests/TestSupport",
      swiftSettings: strict),
    .testTarget(
      name: "JSONTests", dependencies: ["JSON", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "DigestsTests", dependencies: ["Digests", "CDigests"], swiftSettings: strict),
    .testTarget(
      name: "ChatTests", dependencies: ["Chat", "JSON"], resources: [.copy("Fixtures")],
      swiftSettings: strict),
    .testTarget(
      name: "EndpointsTests", dependencies: ["Endpoints", "Chat", "JSON", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "SchedulesTests", dependencies: ["Schedules"], swiftSettings: strict),
    .testTarget(
      name: "DocumentsTests", dependencies: ["Documents", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "IngestTests", dependencies: ["Ingest", "Documents", "JSON", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "TokenizationTests",
      dependencies: ["Tokenization", "DefaultReader", "JSON", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "TrainingTests", dependencies: ["Training", "Outputs"], swiftSettings: strict),
    .testTarget(
      name: "ContextsTests",
      dependencies: ["Contexts", "DefaultReader", "Documents", "Tokenization", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ConstraintsTests",
      dependencies: ["Constraints", "JSON", "Tokenization", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "OutputsTests",
      dependencies: ["Outputs", "Contexts", "Documents", "JSON", "Tokenization", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "SQLiteTests", dependencies: ["SQLite", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "JobsTests", dependencies: ["Jobs", "SQLite", "QueueWorker", "TestSupport"],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    // A machine that loses power, and the campaign that kills `docket` (make crash).
    .target(
      name: "PowerLoss", path: "Tests/PowerLoss", cSettings: fastC,
      linkerSettings: [.linkedLibrary("dl")]),
    .executableTarget(
      name: "CrashCampaign", dependencies: ["Jobs", "SQLite", "TestSupport"],
      path: "Tests/CrashCampaign",
      swiftSettings: strict),
    // A worker without engine or documents, to be killed.
    .executableTarget(
      name: "QueueWorker", dependencies: ["Jobs", "SQLite"],
      path: "Tests/QueueWorker", swiftSettings: strict),
    .testTarget(
      name: "KernelsTests", dependencies: ["Kernels", "CKernels", "TestSupport"],
      swiftSettings: strict),
    // A long reading, to be killed.
    .executableTarget(
      name: "ReadingProcess", dependencies: ["DefaultReader", "Digests", "Inference"],
      path: "Tests/ReadingProcess", swiftSettings: strict),
    .testTarget(
      name: "InferenceTests",
      dependencies: [
        "Inference", "Kernels", "Tokenization", "DefaultReader", "JSON", "ReadingProcess",
        "TestSupport",
      ],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "GenerationTests",
      dependencies: [
        "Generation", "Constraints", "Inference", "JSON", "Tokenization", "TestSupport",
      ], swiftSettings: strict),
    .testTarget(
      name: "PipelinesTests",
      dependencies: [
        "Pipelines", "DefaultReader", "Documents", "Endpoints", "Ingest", "Inference", "JSON",
        "Jobs", "Outputs", "SQLite", "Schedules", "TestSupport",
      ],
      resources: [.copy("Fixtures")], swiftSettings: strict),
    .testTarget(
      name: "docketTests",
      dependencies: [
        "docket", "CrashCampaign", "DefaultReader", "Digests", "JSON", "Jobs", "Pipelines",
        "SQLite",
        "TestSupport",
      ],
      swiftSettings: strict),
  ]
)
