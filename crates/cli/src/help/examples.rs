//! The examples in the help and in the man pages.

/// Examples by command; the empty name is `ajo` itself.
pub(crate) const EXAMPLES: &[(&str, &[&str])] = &[
    ("", &["ajo demo"]),
    ("demo", &["ajo demo"]),
    ("capping", &["ajo capping list", "ajo capping set https://api.example.org/v1/send --max-calls 300"]),
    ("capping list", &["ajo capping list --deploy-state updated", "ajo capping list --output json"]),
    ("capping create", &["ajo capping create capping.yaml"]),
    (
        "capping get",
        &[
            "ajo capping get https://api.example.org/v1/send",
            "ajo capping get 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7 --output json",
        ],
    ),
    ("capping update", &["ajo capping update 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7 capping.yaml"]),
    ("capping delete", &["ajo capping delete 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7 --force"]),
    ("capping can-deploy", &["ajo capping can-deploy 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7"]),
    ("capping deploy", &["ajo capping deploy https://api.example.org/v1/send"]),
    ("capping undeploy", &["ajo capping undeploy 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7"]),
    (
        "capping set",
        &[
            "ajo capping set https://api.example.org/v1/send --max-calls 300",
            "ajo capping set https://api.example.org/v1/send --max-calls 6000 --period 1min",
        ],
    ),
    ("capping redeploy", &["ajo capping redeploy https://api.example.org/v1/send"]),
    (
        "throttling",
        &["ajo throttling list", "ajo throttling set https://api.example.org/v1/events --max-throughput 400"],
    ),
    (
        "throttling list",
        &["ajo throttling list --url https://api.example.org/v1/events", "ajo throttling list --output json"],
    ),
    ("throttling create", &["ajo throttling create throttling.yaml"]),
    (
        "throttling get",
        &[
            "ajo throttling get https://api.example.org/v1/events",
            "ajo throttling get 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7 --output json",
        ],
    ),
    ("throttling update", &["ajo throttling update 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7 throttling.yaml"]),
    ("throttling delete", &["ajo throttling delete 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7 --force"]),
    ("throttling can-deploy", &["ajo throttling can-deploy 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7"]),
    ("throttling deploy", &["ajo throttling deploy https://api.example.org/v1/events"]),
    ("throttling undeploy", &["ajo throttling undeploy 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7"]),
    (
        "throttling set",
        &[
            "ajo throttling set https://api.example.org/v1/events --max-throughput 400",
            "ajo throttling set 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7 --max-throughput 400",
        ],
    ),
    ("validate", &["ajo validate limits/prod.yaml", "ajo validate limits/prod.yaml --output sarif"]),
    ("plan", &["ajo plan limits/prod.yaml", "ajo plan limits/prod.yaml --out plan.json"]),
    ("apply", &["ajo apply limits/prod.yaml", "ajo apply --plan plan.json"]),
    ("export", &["ajo export --sandbox prod --out exported.yaml", "ajo export --sandbox prod --as dev --out dev.yaml"]),
    ("drift", &["ajo drift limits/prod.yaml", "ajo drift limits/prod.yaml --unmanaged ignore"]),
    (
        "import",
        &["ajo import limits/prod.yaml", "ajo import limits/prod.yaml --uid 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7"],
    ),
    (
        "accept",
        &["ajo accept limits/prod.yaml --dry-run", "ajo accept limits/prod.yaml --url https://api.example.org/v1/send"],
    ),
    ("verify", &["ajo verify limits/prod.yaml"]),
    (
        "state",
        &[
            "ajo state list --limits limits/prod.yaml",
            "ajo state show https://api.example.org/v1/send --limits limits/prod.yaml",
        ],
    ),
    ("state list", &["ajo state list --limits limits/prod.yaml", "ajo state list --state s3://bucket/limits"]),
    ("state show", &["ajo state show https://api.example.org/v1/send --limits limits/prod.yaml"]),
    ("state mv", &["ajo state mv limits/old.yaml limits/prod.yaml --limits limits/prod.yaml"]),
    ("state rm", &["ajo state rm 9e6bbdf4-8e40-4ac8-9e83-1e2cc7f0f1e7 --limits limits/prod.yaml"]),
    ("state pull", &["ajo state pull --state s3://bucket/limits --out ajo.state.json"]),
    ("state push", &["ajo state push limits/ajo.state.json --state s3://bucket/limits"]),
    ("state init", &["ajo state init --state s3://bucket/limits"]),
    ("state unlock", &["ajo state unlock --epoch 7 --sandbox prod --state s3://bucket/limits"]),
    ("schema", &["ajo schema", "ajo schema capping > capping.schema.json"]),
    ("auth", &["ajo auth login", "ajo auth status"]),
    ("auth login", &["ajo auth login", "ajo emulator env | ajo auth login --profile local"]),
    ("auth logout", &["ajo auth logout dev"]),
    ("auth token", &["ajo auth token"]),
    ("auth status", &["ajo auth status", "ajo auth status --profile dev"]),
    ("auth list", &["ajo auth list"]),
    ("auth switch", &["ajo auth switch dev"]),
    ("doctor", &["ajo doctor", "ajo doctor --profile dev"]),
    ("emulator", &["ajo emulator serve --port 4010", "ajo emulator exec -- ajo capping list --sandbox prod"]),
    ("emulator serve", &["ajo emulator serve --port 4010", "ajo emulator serve --data configs.json --ui-controls"]),
    ("emulator exec", &["ajo emulator exec -- ajo capping list --sandbox prod"]),
    ("emulator env", &["eval \"$(ajo emulator env)\""]),
    ("emulator wait", &["ajo emulator wait --timeout 30"]),
    ("emulator status", &["ajo emulator status"]),
    ("emulator reset", &["ajo emulator reset"]),
    (
        "explain",
        &[
            "ajo explain POST https://api.example.org/v1/send",
            "ajo explain POST https://api.example.org/v1/send --limits limits/prod.yaml --offline",
        ],
    ),
    (
        "simulate",
        &[
            "ajo simulate capping.yaml --traffic 600x60",
            "ajo simulate capping.yaml --traffic 600x60 --expect 'rejected = 0'",
        ],
    ),
    (
        "size",
        &[
            "ajo size --latency 300 --servers 40 --audience 500000 --within 4h",
            "ajo size --latency exp:300 --capacity 500 --traffic 100x60",
        ],
    ),
    (
        "api",
        &[
            "ajo api GET /ajo/journey --field pageSize=5",
            "ajo api GET /data/foundation/sandbox-management/ --jq '.sandboxes[].name'",
        ],
    ),
    ("init", &["ajo init", "ajo init dev-limits --ci gitlab"]),
    ("fmt", &["ajo fmt limits", "ajo fmt limits --check"]),
    ("mcp", &["ajo mcp --root limits"]),
    (
        "completions",
        &[
            "source <(ajo completions bash)  # in ~/.bashrc",
            "source <(ajo completions zsh)  # in ~/.zshrc, after compinit",
            "ajo completions fish > ~/.config/fish/completions/ajo.fish",
            "ajo completions powershell | Out-String | Invoke-Expression  # in $PROFILE",
            "eval (ajo completions elvish | slurp)  # in ~/.config/elvish/rc.elv",
        ],
    ),
    ("man", &["ajo man --out man", "man ./man/ajo-plan.1"]),
    ("help", &["ajo help capping set", "ajo help settings"]),
];

/// The examples of a command.
pub(crate) fn find_examples(path: &str) -> &'static [&'static str] {
    EXAMPLES.iter().find(|(other, _)| *other == path).map_or(&[], |(_, examples)| examples)
}

/// The definition that the help of a command shows.
pub(crate) fn find_definition(path: &str) -> Option<&'static str> {
    match path {
        "capping create" => Some(CAPPING_DEFINITION),
        "throttling create" => Some(THROTTLING_DEFINITION),
        _ => None,
    }
}

const CAPPING_DEFINITION: &str = "  url: https://api.example.org/v1/*
  methods: [GET, POST]
  services:
    action:
      maxHttpConnections: 50
      rating: {maxCallsCount: 500, periodInMs: 1000}
";

const THROTTLING_DEFINITION: &str = "  name: partner
  urlPattern: https://api.example.org/v1/*
  methods: [POST]
  maxThroughput: 400
";
