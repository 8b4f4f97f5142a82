workspace "Name" "Description" {
  !identifiers hierarchical
  !const TECH "C"
  model {
    archetypes {
      library = component {
        technology "C"
      }
    }
    user = person "User"
    mail = softwareSystem "Mail"
    group "Core" {
      system = softwareSystem "System" {
        properties {
          "owner" "nobody"
        }
        net = container "net \"work\"" "de\
scription" "${TECH}" "tag,tag" {
          properties {
            "sightline.files" "src/net/**, src/sock*.c"
            "sightline.domain" "net%20work"
          }
          a = library "a.c"
          a -> this "back" {
            tags "x"
          }
        }
        base = container "base"
        net -> base "uses" "" "t"
      }
    }
    user -> system.net "calls"
    system.net.a --https-> system.base
    x = system -> mail
    deploymentEnvironment "Live" {
      deploymentNode "n" {
        containerInstance system.net
      }
    }
    !element system.base {
      -> mail
    }
  }
  views {
    container system "c" {
      include *
      autoLayout lr
    }
    styles {
      element "Person" {
        shape person
      }
    }
  }
  /* over
     lines */
  # and one
}
