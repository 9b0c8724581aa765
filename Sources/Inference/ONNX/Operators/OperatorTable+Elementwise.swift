import Glibc
import NeuralNetworks

/// Operators element by element.
extension OperatorTable {
  static let arithmetic: [String: OperatorBody] = [
    "Add": ArithmeticOperators.binary(ArithmeticOperators.Add()),
    "Div": ArithmeticOperators.binary(ArithmeticOperators.Divide()),
    "Max": ArithmeticOperators.variadic(ArithmeticOperators.Maximum()),
    "Mean": one(ArithmeticOperators.mean),
    "Min": ArithmeticOperators.variadic(ArithmeticOperators.Minimum()),
    "Mod": one(ArithmeticOperators.mod),
    "Mul": ArithmeticOperators.binary(ArithmeticOperators.Multiply()),
    "PRelu": one(ArithmeticOperators.parametricRelu),
    "Pow": one(ArithmeticOperators.power),
    "Sub": ArithmeticOperators.binary(ArithmeticOperators.Subtract()),
    "Sum": ArithmeticOperators.variadic(ArithmeticOperators.Add()),
  ]

  static let logic: [String: OperatorBody] = [
    "And": LogicOperators.logical { $0 && $1 },
    "BitShift": one(BitOperators.shift),
    "BitwiseAnd": BitOperators.binary(BitOperators.And()),
    "BitwiseNot": one(BitOperators.not),
    "BitwiseOr": BitOperators.binary(BitOperators.Or()),
    "BitwiseXor": BitOperators.binary(BitOperators.ExclusiveOr()),
    "Equal": LogicOperators.comparison(LogicOperators.Equal()),
    "Greater": LogicOperators.comparison(LogicOperators.Greater()),
    "GreaterOrEqual": LogicOperators.comparison(LogicOperators.GreaterOrEqual()),
    "IsInf": UnaryOperators.question { call throws(ModelError) in
      IsInfinite(
        positive: try call.flag("detect_positive", default: true),
        negative: try call.flag("detect_negative", default: true))
    },
    "IsNaN": UnaryOperators.question { _ throws(ModelError) in IsNaN() },
    "Less": LogicOperators.comparison(LogicOperators.Less()),
    "LessOrEqual": LogicOperators.comparison(LogicOperators.LessOrEqual()),
    "Not": one(LogicOperators.not),
    "Or": LogicOperators.logical { $0 || $1 },
    "Where": one(LogicOperators.choose),
    "Xor": LogicOperators.logical { $0 != $1 },
  ]

  static let activations: [String: OperatorBody] = [
    "Celu": UnaryOperators.real { call throws(ModelError) in
      Activations.Celu(alpha: try call.float("alpha", default: 1))
    },
    "Clip": one(Activations.clip),
    "Elu": UnaryOperators.real { call throws(ModelError) in
      Activations.Elu(alpha: try call.float("alpha", default: 1))
    },
    "Gelu": UnaryOperators.real { call throws(ModelError) in
      Activations.Gelu(usesTanh: try call.string("approximate", default: "none") == "tanh")
    },
    "HardSigmoid": UnaryOperators.real { call throws(ModelError) in
      Activations.HardSigmoid(
        alpha: try call.float("alpha", default: 0.2), beta: try call.float("beta", default: 0.5))
    },
    "HardSwish": UnaryOperators.real(Activations.HardSwish()),
    "LeakyRelu": UnaryOperators.real { call throws(ModelError) in
      Activations.LeakyRelu(alpha: try call.float("alpha", default: 0.01))
    },
    "Mish": UnaryOperators.real(Activations.Mish()),
    "Relu": UnaryOperators.numeric(Activations.Relu()),
    "Selu": UnaryOperators.real { call throws(ModelError) in
      Activations.Selu(
        alpha: try call.float("alpha", default: 1.67326319217681884765625),
        gamma: try call.float("gamma", default: 1.05070102214813232421875))
    },
    "Shrink": one(Activations.shrink),
    "Sigmoid": UnaryOperators.real(Activations.Sigmoid()),
    "Softplus": UnaryOperators.real(Activations.Softplus()),
    "Softsign": UnaryOperators.real(Activations.Softsign()),
    "Swish": UnaryOperators.real { call throws(ModelError) in
      Activations.Swish(alpha: try call.float("alpha", default: 1))
    },
    "Tanh": UnaryOperators.real(Activations.Tanh()),
    "ThresholdedRelu": UnaryOperators.real { call throws(ModelError) in
      Activations.ThresholdedRelu(alpha: try call.float("alpha", default: 1))
    },
  ]

  static let mathematics: [String: OperatorBody] = [
    "Abs": UnaryOperators.numeric(Activations.Absolute()),
    "Acos": UnaryOperators.function(acos, acos),
    "Acosh": UnaryOperators.function(acosh, acosh),
    "Asin": UnaryOperators.function(asin, asin),
    "Asinh": UnaryOperators.function(asinh, asinh),
    "Atan": UnaryOperators.function(atan, atan),
    "Atanh": UnaryOperators.function(atanh, atanh),
    "Ceil": UnaryOperators.real(Activations.Rounding(rule: .up)),
    "Cos": UnaryOperators.function(cos, cos),
    "Cosh": UnaryOperators.function(cosh, cosh),
    "Erf": UnaryOperators.function(erf, erf),
    "Exp": UnaryOperators.function(exp, exp),
    "Floor": UnaryOperators.real(Activations.Rounding(rule: .down)),
    "Log": UnaryOperators.function(log, log),
    "Neg": UnaryOperators.numeric(Activations.Negate()),
    "Reciprocal": UnaryOperators.real(Activations.Reciprocal()),
    "Round": UnaryOperators.real(Activations.Rounding(rule: .toNearestOrEven)),
    "Sign": UnaryOperators.numeric(Activations.Sign()),
    "Sin": UnaryOperators.function(sin, sin),
    "Sinh": UnaryOperators.function(sinh, sinh),
    "Sqrt": UnaryOperators.real(Activations.SquareRoot()),
    "Tan": UnaryOperators.function(tan, tan),
  ]
}
