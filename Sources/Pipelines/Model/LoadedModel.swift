import DefaultReader
import Digests
import Endpoints
package import Foundation
package import Inference
import JSON
package import Tokenization

/// A checkpoint ready to read documents: its engine, its tokenizer, and what identifies both.
package final class LoadedModel: Sendable {
  /// As outputs state it: `reader-v0`, or the checkpoint folder's name.
  package let name: String
  /// Of the weights and the tokenizer together: it changes whenever a result could.
  package let sha256: String
  /// Nil where the model is behind a server.
  package let local: Engine?
  /// The server, where there is one.
  let client: EndpointClient?
  /// The checkpoint's; for a model behind a server that of the weights that ship, which counts about
  /// as any other.
  package let tokenizer: Tokenizer
  /// Threads that compute, over all its readers.
  package let threads: Int

  /// Where a declaration's weights are.
  package static func folder(of weights: Declaration.Model.Weights) -> URL {
    switch weights {
    case .default, .endpoint: DefaultReader.folder
    case .folder(let folder): folder
    }
  }

  /// What a declaration's model is called.
  package static func name(of weights: Declaration.Model.Weights) -> String {
    if case .endpoint(let remote) = weights { return remote.name }
    return folder(of: weights).lastPathComponent
  }

  /// - Parameter threads: how many threads compute. Results do not depend on it.
  /// - Throws: ``PipelineError`` when the checkpoint cannot be loaded.
  package init(_ weights: Declaration.Model.Weights, threads: Int) throws(PipelineError) {
    let folder = Self.folder(of: weights)
    name = Self.name(of: weights)
    self.threads = threads
    do {
      tokenizer = try Tokenizer(folder: folder)
      if case .endpoint(let remote) = weights {
        local = nil
        client = EndpointClient(
          try remote.connection(environment: ProcessInfo.processInfo.environment))
        // What the server runs under this name is its business: a result is kept once it is made.
        sha256 = SHA256.hash(of: "\(remote.endpoint.absoluteString)\n\(remote.name)")
      } else {
        client = nil
        let engine = try Engine(folder: folder, threads: threads)
        local = engine
        sha256 = try ModelDigest.of(engine, folder: folder)
      }
    } catch let error as PipelineError {
      throw error
    } catch {
      throw PipelineError("The model in \(folder.path) cannot be loaded: \(error)")
    }
  }

  /// What a checkpoint can do, by its configuration alone.
  package static func capabilities(of weights: Declaration.Model.Weights) throws(PipelineError)
    -> ModelCapabilities
  {
    if case .endpoint = weights { return .remote }
    let folder = folder(of: weights)
    do {
      let data = try Data(contentsOf: folder.appendingPathComponent("config.json"))
      let configuration = try Configuration(JSONValue.parse(Array(data)))
      return ModelCapabilities(
        tags: Set(configuration.labels), writes: configuration.head == .languageModel)
    } catch let error as InferenceError {
      throw PipelineError(
        "The model in \(folder.path) cannot be used: \(error)", isDeclarationFault: true)
    } catch {
      throw PipelineError(
        "The model in \(folder.path) has no config.json that can be read. Name a checkpoint folder "
          + "in model.weights, or “default”.", isDeclarationFault: true)
    }
  }

  /// Of a model in this process.
  package var engine: Engine {
    guard let local else { preconditionFailure("\(name) is behind a server") }
    return local
  }

  package var capabilities: ModelCapabilities {
    guard let engine = local else { return .remote }
    return ModelCapabilities(tags: Set(engine.labels), writes: engine.writes)
  }
}
