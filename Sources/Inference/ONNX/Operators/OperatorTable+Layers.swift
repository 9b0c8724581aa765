/// Operators that networks are made of.
extension OperatorTable {
  static let reductions: [String: OperatorBody] = [
    "ReduceL1": ReductionOperators.reduce(ReductionOperators.SumOfMagnitudes()),
    "ReduceL2": ReductionOperators.reduce(ReductionOperators.Length()),
    "ReduceLogSum": ReductionOperators.reduce(ReductionOperators.LogOfSum()),
    "ReduceLogSumExp": one(ReductionOperators.logSumExp),
    "ReduceMax": ReductionOperators.reduce(ReductionOperators.Maximum()),
    "ReduceMean": ReductionOperators.reduce(ReductionOperators.Mean()),
    "ReduceMin": ReductionOperators.reduce(ReductionOperators.Minimum()),
    "ReduceProd": ReductionOperators.reduce(ReductionOperators.Product()),
    "ReduceSum": ReductionOperators.reduce(ReductionOperators.Sum()),
    "ReduceSumSquare": ReductionOperators.reduce(ReductionOperators.SumOfSquares()),
  ]

  static let normalizations: [String: OperatorBody] = [
    "BatchNormalization": NormalizationOperators.batch,
    "Dropout": NormalizationOperators.dropout,
    "GroupNormalization": one(NormalizationOperators.group),
    "Hardmax": SoftmaxOperators.softmax(.hardmax),
    "InstanceNormalization": one(NormalizationOperators.instance),
    "LRN": one(NormalizationOperators.localResponse),
    "LayerNormalization": NormalizationOperators.layer(centered: true),
    "LogSoftmax": SoftmaxOperators.softmax(.logSoftmax),
    "LpNormalization": one(NormalizationOperators.lpNormalization),
    "MeanVarianceNormalization": one(NormalizationOperators.meanVariance),
    "RMSNormalization": NormalizationOperators.layer(centered: false),
    "Softmax": SoftmaxOperators.softmax(.softmax),
  ]

  static let windows: [String: OperatorBody] = [
    "AveragePool": one(PoolOperators.averagePool),
    "Conv": one(ConvolutionOperators.conv),
    "ConvTranspose": one(TransposedConvolution.convTranspose),
    "GlobalAveragePool": PoolOperators.global(ReductionOperators.Mean()),
    "GlobalLpPool": one(PoolOperators.globalLpPool),
    "GlobalMaxPool": PoolOperators.global(ReductionOperators.Maximum()),
    "LpPool": one(PoolOperators.lpPool),
    "MaxPool": PoolOperators.maxPool,
    "MaxUnpool": one(PoolOperators.maxUnpool),
  ]

  static let matrices: [String: OperatorBody] = [
    "Det": one(DeterminantOperator.determinant),
    "Einsum": one(EinsumOperator.einsum),
    "Gemm": one(MatrixOperators.gemm),
    "MatMul": one(MatrixOperators.matMul),
  ]

  static let recurrent: [String: OperatorBody] = [
    "GRU": RecurrentOperators.gru,
    "LSTM": RecurrentOperators.lstm,
    "RNN": RecurrentOperators.rnn,
  ]

  static let images: [String: OperatorBody] = [
    "AffineGrid": one(GridOperators.affineGrid),
    "CenterCropPad": one(SliceOperators.centerCropPad),
    "Col2Im": one(ColumnsToImage.columnsToImage),
    "GridSample": one(GridOperators.gridSample),
    "NonMaxSuppression": one(DetectionOperators.nonMaxSuppression),
    "Resize": one(ResizeOperators.resize),
    "RoiAlign": one(DetectionOperators.roiAlign),
    "Upsample": one(ResizeOperators.upsample),
  ]

  static let signals: [String: OperatorBody] = [
    "BlackmanWindow": SignalOperators.window([0.42, -0.5, 0.08]),
    "DFT": one(FourierOperators.dft),
    "HammingWindow": SignalOperators.window([25.0 / 46, -21.0 / 46]),
    "HannWindow": SignalOperators.window([0.5, -0.5]),
    "MelWeightMatrix": one(SignalOperators.melWeightMatrix),
    "STFT": one(FourierOperators.stft),
    "TfIdfVectorizer": one(NGramOperator.vectorize),
  ]

  static let losses: [String: OperatorBody] = [
    "NegativeLogLikelihoodLoss": one(LossOperators.negativeLogLikelihood),
    "SoftmaxCrossEntropyLoss": LossOperators.softmaxCrossEntropy,
  ]
}
