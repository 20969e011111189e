// SPDX-License-Identifier: Apache-2.0

public import CInduct
import InductSDK

/// The plugin's one exported symbol.
@c @implementation
public func induct_plugin_entry_v1(
    _ host: UnsafePointer<induct_host>!, _ error: UnsafeMutablePointer<induct_error>!
) -> UnsafePointer<induct_plugin>! {
    Plugin(
        id: "org.induct.synthetic-sources", version: "0.1.0",
        summary: "hidden Markov processes, Dirichlet families, in-context tasks, files, and sources made of sources",
        parts: [
            Coin.self, GoldenMean.self, GoldenMean53.self, Even.self, SimpleNonunifilar.self, ZeroOneRandom.self,
            RandomRandomXOR.self, LeakyRandomRandomXOR.self, Mess3.self, MrName.self, DursleyWonka.self, TeddyBear.self,
            MatchingParentheses.self, DaysOfWeek.self, CopyBack.self, Mixture.self, WithBeginToken.self,
            DirichletIID.self, RepeatedBlock.self, Fanizza.self, TomQuantum.self, PostQuantum.self,
            DirichletMarkov.self, MarkovMixture.self,
            Product.self, Relabel.self, FlipNoise.self, Switch.self, Concatenate.self, Repeat.self,
            Ginc.self, RegularLanguage.self, AssociativeRecall.self, TriggerBigram.self, Tokens.self,
            GaussianClasses.self, Omniglot.self, InContextRegression.self, Ridge.self, LeastSquares.self,
        ]
    ).export(host, error)
}
