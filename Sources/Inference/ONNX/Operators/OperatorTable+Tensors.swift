/// Operators that move, make or find elements, and those that run graphs.
extension OperatorTable {
  static let movement: [String: OperatorBody] = [
    "Cast": one(Conversion.cast),
    "CastLike": one(Conversion.castLike),
    "Compress": one(SliceOperators.compress),
    "Concat": one(MovementOperators.concat),
    "DepthToSpace": one(MovementOperators.depthToSpace),
    "Expand": one(ShapeOperators.expand),
    "Flatten": one(ShapeOperators.flatten),
    "Gather": one(GatherOperators.gather),
    "GatherElements": one(GatherOperators.gatherElements),
    "GatherND": one(GatherOperators.gatherND),
    "Identity": ShapeOperators.identity,
    "Pad": one(SliceOperators.pad),
    "Reshape": one(ShapeOperators.reshape),
    "ReverseSequence": one(MovementOperators.reverseSequence),
    "Scatter": one(ScatterOperators.scatterElements),
    "ScatterElements": one(ScatterOperators.scatterElements),
    "ScatterND": one(ScatterOperators.scatterND),
    "Shape": one(ShapeOperators.shape),
    "Size": one(ShapeOperators.size),
    "Slice": one(SliceOperators.slice),
    "SpaceToDepth": one(MovementOperators.spaceToDepth),
    "Split": MovementOperators.split,
    "Squeeze": one(ShapeOperators.squeeze),
    "Tile": one(MovementOperators.tile),
    "Transpose": one(MovementOperators.transpose),
    "Trilu": one(SliceOperators.trilu),
    "Unsqueeze": one(ShapeOperators.unsqueeze),
  ]

  static let generation: [String: OperatorBody] = [
    "Constant": one(GenerationOperators.constant),
    "ConstantOfShape": one(GenerationOperators.constantOfShape),
    "EyeLike": one(GenerationOperators.eyeLike),
    "OneHot": one(GenerationOperators.oneHot),
    "Range": one(GenerationOperators.range),
  ]

  static let search: [String: OperatorBody] = [
    "ArgMax": SearchOperators.extremum(largest: true),
    "ArgMin": SearchOperators.extremum(largest: false),
    "CumSum": one(SoftmaxOperators.cumulativeSum),
    "NonZero": one(SearchOperators.nonZero),
    "TopK": SearchOperators.topK,
    "Unique": SearchOperators.unique,
  ]

  static let control: [String: OperatorBody] = [
    "If": ControlOperators.branch,
    "Loop": ControlOperators.loop,
    "Scan": ControlOperators.scan,
  ]

  static let sequences: [String: OperatorBody] = [
    "ConcatFromSequence": one(SequenceOperators.concatenate),
    "Optional": SequenceOperators.optional,
    "OptionalGetElement": SequenceOperators.element,
    "OptionalHasElement": one(SequenceOperators.hasElement),
    "SequenceAt": SequenceOperators.at,
    "SequenceConstruct": SequenceOperators.construct,
    "SequenceEmpty": SequenceOperators.empty,
    "SequenceErase": SequenceOperators.erase,
    "SequenceInsert": SequenceOperators.insert,
    "SequenceLength": one(SequenceOperators.length),
    "SequenceMap": SequenceOperators.map,
    "SplitToSequence": SequenceOperators.split,
  ]
}
