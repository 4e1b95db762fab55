//! What each method computes, and where it is from: shown under the help of `weigh analyze METHOD`, told at length in docs/analyses.md.

macro_rules! text {
    ($($name:ident: $formula:literal, $source:literal, $rows:literal;)*) => {
        $(
            #[doc = concat!("The method `", stringify!($name), "`.")]
            pub(crate) const $name: &str = concat!("Formula: ", $formula, "\n\nSource: ", $source, "\n\nBroken rows: ", $rows);
        )*
    };
}

text! {
    SOBOL:
        "from blocks of rows A, AB_1..AB_D, (BA_1..BA_D,) B, standardised: S_j = mean(B (AB_j - A)) / V, ST_j = mean((A - AB_j)^2) / 2V, S_jk = mean(BA_j AB_k - A B) / V - S_j - S_k, with V the variance of A and B. Intervals: 1.96 standard deviations over bootstrap resamples of blocks.",
        "Saltelli et al. (2010), Computer Physics Communications 181, p. 259-270, table 2 (b) and (f); second order: Saltelli (2002), Computer Physics Communications 145, p. 280-297.",
        "a block with any row without a number is left out whole; blocks and used blocks are counted.";
    MORRIS:
        "elementary effect EE = (y(x + step) - y(x)) / step in the unit cube, step = levels / (2 (levels - 1)); mu = mean(EE), mu* = mean(|EE|), sigma = their standard deviation (n - 1).",
        "Morris (1991), Technometrics 33, p. 161-174; mu* and groups: Campolongo, Cariboni and Saltelli (2007), Environmental Modelling & Software 22, p. 1509-1518.",
        "a step with a missing end is left out; the steps used are counted for each input.";
    EFAST:
        "on each input's search curve, S = power at the first M harmonics of its frequency over all power, ST = 1 - power at the lower half of the frequencies over all power.",
        "Saltelli, Tarantola and Chan (1999), Technometrics 41, p. 39-56.",
        "a curve with any missing row gives no index for its input.";
    RBD_FAST:
        "rows are ordered up and down along an input; S = power of the first M harmonics over all power, less its bias: S - 2M/n / (1 - 2M/n) (1 - S).",
        "Tarantola, Gatelli and Mara (2006), Reliability Engineering & System Safety 91, p. 717-727; Plischke (2010), ibid. 95, p. 354-360; bias: Tissot and Prieur (2012), ibid. 107, p. 205-213.",
        "rows without an outcome or an input are left out and counted.";
    PAWN:
        "for each slice of an input between neighbouring quantiles, KS = the largest distance between the distribution of y in the slice and of all y; given are least, mean, median, largest KS and their coefficient of variation.",
        "Pianosi and Wagener (2018), Environmental Modelling & Software 108, p. 197-207.",
        "rows without an outcome or an input are left out and counted.";
    DELTA:
        "delta = 1/2 E |f(y) - f(y | x)|: the mean area between the density of y and that of y in classes of an input (Gaussian kernels, Silverman's bandwidth), less its bootstrap bias.",
        "Borgonovo (2007), Reliability Engineering & System Safety 92, p. 771-784; from a table: Plischke, Borgonovo and Smith (2013), European Journal of Operational Research 226, p. 536-550.",
        "rows without an outcome or an input are left out and counted.";
    DGSM:
        "nu = mean((dy/dx)^2) from one forward step of each input; bound = nu (high - low)^2 / (pi^2 V(y)), at least the total-order index of a uniform input.",
        "Sobol' and Kucherenko (2009), Mathematics and Computers in Simulation 79, p. 3009-3017.",
        "a step with a missing end is left out; the steps used are counted for each input.";
    REGIONAL:
        "D = the largest distance between the distributions of an input where the outcome is of interest and where it is not; p by Kolmogorov's limit with Stephens' correction.",
        "Spear and Hornberger (1980), Water Research 14, p. 43-49; Stephens (1970), Journal of the Royal Statistical Society B 32, p. 115-122.",
        "rows without a verdict are left out and counted; a row without a value of one input counts for the others.";
    PRIM:
        "a box loses, again and again, the slice of share `peel` whose loss raises the density most by the objective (lenient1: gain in mean by row lost; lenient2: by share lost; original: the new mean), then takes slices back while that helps. coverage = rows of interest inside over all of interest; density = rows of interest inside over rows inside; mass = rows inside over all. quasi-p: the chance of so many rows of interest inside if a limit were dropped and meant nothing (one-sided binomial).",
        "Friedman and Fisher (1999), Statistics and Computing 9, p. 123-143; coverage, quasi-p, resampling: Bryant and Lempert (2010), Technological Forecasting and Social Change 77, p. 34-49.",
        "rows without a verdict or without a value of an input are left out and counted.";
    PCA_PRIM:
        "inputs are standardised and turned to the principal axes of the rows of interest, then PRIM seeks boxes on the axes.",
        "Dalal, Han, Lempert, Jaycocks and Hackbarth (2013), Environmental Modelling & Software 48, p. 49-64.",
        "rows without a verdict or without a value of an input are left out and counted.";
    CART:
        "each node asks the question `input <= threshold?` that leaves least impurity (Gini for a yes or no, variance for a number) on both sides; every leaf is a box.",
        "Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees (Wadsworth).",
        "rows without an outcome or an input are left out and counted.";
    LOGIT:
        "log odds of a yes = a + sum b_j x_j with inputs scaled from 0 to 1; the input that lowers BIC = k ln n - 2 ln L most enters, until none does.",
        "Schwarz (1978), Annals of Statistics 6, p. 461-464; for scenarios: Quinn, Hadjimichael, Reed and Steinschneider (2020), Earth's Future 8, e2020EF001650.",
        "rows without a verdict or without a value of an input are left out and counted.";
    FEATURES:
        "importance = impurity that an input's splits take away over all trees, as a share of all taken away. Extra trees draw one threshold for each input tried, random forests take the best. F: explained over unexplained variance of a straight line.",
        "Geurts, Ernst and Wehenkel (2006), Machine Learning 63, p. 3-42; random forests: Breiman (2001), Machine Learning 45, p. 5-32.",
        "rows without an outcome or an input are left out and counted.";
    CLUSTERS:
        "distance = Euclid's, times the larger complexity over the smaller, complexity = root of the sum of squared steps; groups are joined by least mean distance (average linkage).",
        "Batista, Keogh, Tataw and de Souza (2014), Data Mining and Knowledge Discovery 28, p. 634-669; for scenarios: Steinmann, Auping and Kwakkel (2020), Technological Forecasting and Social Change 156, 120052.",
        "a series with a missing value is left out and counted.";
    ROBUSTNESS:
        "maximin, maximax, Hurwicz, Laplace (mean), minimax regret, 90th percentile of regret, mean-variance, undesirable deviations, percentile skewness and peakedness, Starr's domain criterion. Intervals: 2.5th to 97.5th percentile over bootstrap resamples of futures (one-sided for measures that are a single future's). Agreement: Kendall's tau-b between the rankings of two measures.",
        "McPhail, Maier, Kwakkel, Giuliani, Castelletti and Westra (2018), Earth's Future 6, p. 169-191.",
        "only futures in which every option has a number are compared; the others are counted.";
    REGRET:
        "regret = the best option's outcome in a future less the option's own (or the baseline's less its own), turned so that more is worse.",
        "Savage (1951), Journal of the American Statistical Association 46, p. 55-67; from a baseline: Lempert, Groves, Popper and Bankes (2006), Management Science 52, p. 514-528.",
        "only futures in which every option has a number are compared; the others are counted.";
    VOI:
        "EVPI = mean of the best option in each future less the best option's mean; EVPPI(x) = mean over x of the largest fitted mean given x, less the same, with fitted means by regression on cubic splines, their chance gain taken out. With equal weight on the tested futures, in the unit of the outcome: no probability, no money.",
        "Raiffa (1968), Decision Analysis (Addison-Wesley); regression: Strong, Oakley and Brennan (2014), Medical Decision Making 34, p. 311-326.",
        "only futures in which every option has a number are compared; a future without a value of an input counts for the others.";
    FLIPS:
        "single: bands along an input, the option with the best mean leads a band if ahead by the margin and by three standard errors; the nearest band with another leader gives the flip by interpolation. joint: the least r such that inputs moved by at most r of their range make another option lead, by a sum of splines fitted to the lead.",
        "our own, described in docs/analyses.md; splines: de Boor (1978), A Practical Guide to Splines.",
        "only futures in which every option has a number are compared; a future without a value of an input counts for the others (single) or is left out (joint).";
    SMAA:
        "rank acceptability = the share of draws (weights evenly from all that sum to one, futures in turn) in which an option takes a rank; central weights = the mean weights of those that put it first.",
        "Lahdelma, Hokkanen and Salminen (1998), European Journal of Operational Research 106, p. 137-143; ranks: Lahdelma and Salminen (2001), Operations Research 49, p. 444-454.",
        "a future needs a number of every criterion under every option; the others are counted.";
    DISAGREEMENT:
        "total = A's loss by A's beliefs and values under B's preferred option, plus the converse; facts = what goes away when beliefs are shared, before and after values are, on average; values = the rest.",
        "the split is the Shapley value of the two causes: Shapley (1953), in Contributions to the Theory of Games II, p. 307-317; described in docs/analyses.md.",
        "a future needs a number of every criterion under every option; the others are counted.";
    DISCREPANCY:
        "centred, wrap-around, mixture (squared) and L2-star discrepancy of the inputs scaled to the unit cube by the problem's ranges.",
        "Hickernell (1998), Mathematics of Computation 67, p. 299-322; mixture: Zhou, Fang and Ning (2013), Journal of Complexity 29, p. 283-301; L2-star: Warnock (1972), in Applications of Number Theory to Numerical Analysis, p. 319-343.",
        "rows without a value of an input are left out and counted.";
}
